import type { Rule } from './rule.js';

/** A complete table of states: from each, by each class of character, to the next. */
export interface HintAutomaton {
  /** The class of each ASCII character; 0 for those that no hint has. */
  readonly classOf: Uint8Array;
  /** `next[state | class]`: the lowest `shift` bits of every state are free for the class. */
  readonly next: Int32Array;
  readonly shift: number;
  /** States from here on complete a hint; those before do not. */
  readonly firstHit: number;
  /** By `(state - firstHit) >> shift`: the positions of the rules whose hints are complete. */
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

/** Aho and Corasick's automaton over the hints of several characters, upper case read as lower. */
export function buildHintAutomaton(rules: readonly Rule[]): HintAutomaton {
  const words = rules.map(({ hints = [] }) => hints.filter((hint) => hint.length > 1));
  const { classOf, classes } = classify(words.flat());
  const root = newNode();
  words.forEach((ofRule, position) => {
    for (const word of ofRule) {
      const end = insert(root, word, classOf);
      end.hits = [...end.hits, position];
    }
  });
  const nodes = linkFailures(root);
  // hits last, so that one comparison tells whether a hint is complete
  const plain = nodes.filter(({ hits }) => hits.length === 0);
  const ordered = [...plain, ...nodes.filter(({ hits }) => hits.length > 0)];
  const shift = Math.ceil(Math.log2(classes));
  ordered.forEach((node, position) => (node.number = position << shift));
  return {
    classOf,
    shift,
    next: tableOf(nodes, classes, shift),
    firstHit: plain.length << shift,
    hits: ordered.slice(plain.length).map(({ hits }) => hits),
  };
}

function classify(words: readonly string[]): { classOf: Uint8Array; classes: number } {
  const classOf = new Uint8Array(128);
  let classes = 1;
  for (const character of new Set(words.join(''))) classOf[character.charCodeAt(0)] = classes++;
  for (let code = 65; code <= 90; code += 1) classOf[code] = classOf[code + 32] as number;
  return { classOf, classes };
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

function tableOf(nodes: readonly Node[], classes: number, shift: number): Int32Array {
  const next = new Int32Array(nodes.length << shift);
  for (const { children, failure, number } of nodes) {
    for (let letter = 0; letter < classes; letter += 1) {
      const elsewhere = failure ? (next[failure.number | letter] as number) : 0;
      next[number | letter] = children.get(letter)?.number ?? elsewhere;
    }
  }
  return next;
}
