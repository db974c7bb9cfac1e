const LONGEST = 200;

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What npm wrote as an object; null when it is none, or cut off. */
export function parseFields(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

/** Text from a registry for a terminal and a page: short, and nothing in it that steers either. */
export function plainText(value: unknown): string {
  if (typeof value !== 'string') return '';
  return value
    .slice(0, LONGEST * 2)
    .replaceAll(/\p{C}+/gu, ' ')
    .replaceAll(/\/\/[^/\s@]*@/g, '//') // a password in the address of a registry
    .trim()
    .slice(0, LONGEST);
}

/** What npm says went wrong, in its several ways. */
export function complaintOf({ error, message }: Fields): string {
  const { code, summary } = isFields(error) ? error : {};
  const said = [message, summary, code].map(plainText).find(Boolean);
  return said ?? 'npm says nothing that is known';
}

/** Whether the second may break what the first does not, as far as both are versions: before 1.0 a minor may. */
export function isMajorStep(from: string | null, to: string): boolean {
  const [before, after] = [from ?? '', to].map((version) => /^v?(0\.\d+|\d+)\./.exec(version)?.[1]);
  return before !== undefined && after !== undefined && before !== after;
}

/** Whether the second is the older one, as far as both are versions; what follows their three numbers is not looked at. */
export function isStepBack(from: string | null, to: string): boolean {
  const [before, after] = [from ?? '', to].map((version) =>
    /^v?(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number),
  );
  if (!before || !after) return false;
  const first = before.findIndex((number, index) => number !== after[index]);
  return first !== -1 && after[first]! < before[first]!;
}
