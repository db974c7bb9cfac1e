const MOST_DEPTH = 32;
const MOST_KEYS = 1_000;

/**
 * What a request, or its body, has too much of, if anything: a predicate without its subject. All
 * that comes after, the guard and validation first, walks through all of it.
 */
export function excessOf(depth: number, keys: number): string | undefined {
  if (depth > MOST_DEPTH) return `is nested deeper than ${MOST_DEPTH} levels`;
  if (keys > MOST_KEYS) return `has more than ${MOST_KEYS} keys`;
  return undefined;
}
