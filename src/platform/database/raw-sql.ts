const MOST_KNOWN = 1_000;

/** SQL that was put together from values instead of being given them: a bug of ours, and an open door. */
export class SuspiciousSql extends Error {}

/** Texts that were found good: parameterised SQL is the same few texts again and again. */
const known = new Set<string>();

// a word or two as a state, a unit or a JSON path has them; what people write comes as a parameter
const HARMLESS_LITERAL = /^'[\w ${},>-]{0,40}'$/;
const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"/g;
const SAME_NUMBERS = /\b(\d+)\s*=\s*\1\b/;

/**
 * Throws `SuspiciousSql` for several statements in one text, a comment, a quote that is not closed, a
 * comparison that is always true, or a string where a parameter belongs.
 */
export function refuseSuspiciousSql(text: string): void {
  if (known.has(text)) return;
  const found = suspicionOf(text);
  if (found) throw new SuspiciousSql(`raw SQL with ${found}: give values as parameters`);
  trustSql(text);
}

/** Takes a text as it is: a library's own, with its comments and constants. */
export function trustSql(text: string): void {
  if (known.size >= MOST_KNOWN) known.clear();
  known.add(text);
}

/** What to call it where queries are counted: `sql select`, of the few words that statements begin with. */
export function nameOf(text: string): string {
  const [word = ''] = /[a-z]+/i.exec(text) ?? [];
  return `sql ${word.toLowerCase()}`;
}

function suspicionOf(text: string): string | undefined {
  const quoted = text.match(QUOTED) ?? [];
  const literal = quoted.find((part) => part.startsWith(`'`) && !HARMLESS_LITERAL.test(part));
  if (literal) return 'a string in it';
  const bare = text.replaceAll(QUOTED, ' ');
  if (/['"]/.test(bare)) return 'a quote that is not closed';
  if (/--|\/\*/.test(bare)) return 'a comment';
  if (/;\s*\S/.test(bare)) return 'several statements';
  if (SAME_NUMBERS.test(bare)) return 'a condition that is always true';
  return undefined;
}
