export const CLASS_BITS = 6;

/** A complete table of states: from each, by each class of character, to the next. */
export interface HintAutomaton {
  /** The class of each ASCII character; 0 for those that no hint has. */
  readonly classOf: Uint8Array;
  /** `next[(state << CLASS_BITS) | class]`: narrow, since every character of a text looks into it. */
  readonly next: Uint16Array;
  /** States from here on complete a hint; those before do not. */
  readonly firstHit: number;
  /** By `state - firstHit`: the positions of the users whose hints are complete. */
  readonly hits: readonly (readonly number[])[];
}

/** A state under construction. */
interface Node {
  readonly children: Map<number, Node>;
  /** Where to go on when no child fits: the longest proper suffix that is a beginning, too. */
  failure?: Node;
  hits: readonly number[];
  number: number;
}

const newNode = (): Node => ({ children: new Map(), hits: [], number: 0 });

/** Aho and Corasick's automaton over the words of several users, upper case read as lower. */
export function buildHintAutomaton(words: readonly (readonly string[])[]): HintAutomaton {
  const classOf = classify(words.flat());
  const root = newNode();
  words.forEach((ofUser, position) => {
    for (const word of ofUser) {
      const end = insert(root, word, classOf);
      end.hits = [...end.hits, position];
    }
  });
  const nodes = linkFailures(root);
  // hits last, so that one comparison tells whether a hint is complete
  const plain = nodes.filter(({ hits }) => hits.length === 0);
  const ordered = [...plain, ...nodes.filter(({ hits }) => hits.length > 0)];
  ordered.forEach((node, position) => (node.number = position));
  return {
    classOf,
    next: tableOf(nodes),
    firstHit: plain.length,
    hits: ordered.slice(plain.length).map(({ hits }) => hits),
  };
}

/** Digits share a class, so that a hint with one stands for all that have another digit there. */
function classify(words: readonly string[]): Uint8Array {
  const classOf = new Uint8Array(128);
  const letters = words.join('').replace(/\d/g, '0');
  [...new Set(letters)].forEach((letter, position) => {
    classOf[letter.charCodeAt(0)] = position + 1;
  });
  classOf.fill(classOf[48] as number, 48, 58);
  for (let code = 65; code <= 90; code += 1) classOf[code] = classOf[code + 32] as number;
  if (Math.max(...classOf) >> CLASS_BITS > 0) throw new Error('Too many characters in hints.');
  return classOf;
}

function insert(root: Node, word: string, classOf: Uint8Array): Node {
  let node = root;
  for (const character of word) {
    const letter = classOf[character.charCodeAt(0)] as number;
    let child = node.children.get(letter);
    if (!child) node.children.set(letter, (child = newNode()));
    node = child;
  }
  return node;
}

/** Level by level, since a failure is always nearer to the root. Returns the nodes in that order. */
function linkFailures(root: Node): readonly Node[] {
  const nodes = [root];
  for (const node of nodes) {
    for (const [letter, child] of node.children) {
      let failure = node.failure;
      while (failure && !failure.children.has(letter)) failure = failure.failure;
      child.failure = failure?.children.get(letter) ?? root;
      child.hits = [...new Set([...child.hits, ...child.failure.hits])];
      nodes.push(child);
    }
  }
  return nodes;
}

function tableOf(nodes: readonly Node[]): Uint16Array {
  const next = new Uint16Array(nodes.length << CLASS_BITS);
  if (nodes.length > 0xffff) throw new Error('Too many hints.');
  for (const { children, failure, number } of nodes) {
    for (let letter = 0; letter < 1 << CLASS_BITS; letter += 1) {
      const elsewhere = failure ? (next[(failure.number << CLASS_BITS) | letter] as number) : 0;
      next[(number << CLASS_BITS) | letter] = children.get(letter)?.number ?? elsewhere;
    }
  }
  return next;
}
