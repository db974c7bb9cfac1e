/** A set of checks, by their positions: a bit each, 32 a word. */
export type CheckSet = Int32Array;

export function checkSet(total: number, positions: Iterable<number>): CheckSet {
  const set = new Int32Array(Math.ceil(total / 32));
  for (const position of positions) {
    const word = position >> 5;
    set[word] = (set[word] as number) | (1 << (position & 31));
  }
  return set;
}

export function addAll(set: CheckSet, others: CheckSet): void {
  for (let word = 0; word < set.length; word += 1) {
    set[word] = (set[word] as number) | (others[word] as number);
  }
}

/** What is in `always`, and what of `suggested` is also in `possible`; in the order of `all`. */
export function select<T>(
  all: readonly T[],
  always: CheckSet,
  suggested: CheckSet,
  possible: CheckSet,
): readonly T[] {
  const selected: T[] = [];
  for (let word = 0; word < always.length; word += 1) {
    let bits =
      (always[word] as number) | ((suggested[word] as number) & (possible[word] as number));
    while (bits !== 0) {
      const position = 31 - Math.clz32(bits & -bits);
      selected.push(all[(word << 5) | position] as T);
      bits &= bits - 1;
    }
  }
  return selected;
}
