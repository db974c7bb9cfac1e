import { createHash } from 'node:crypto';
const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `250ms`, `10s`, `15m`, `1h`, `30d` in milliseconds. */
export function durationMs(text: string): number | undefined {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  return match ? Number(match[1]) * UNIT_MS[match[2]!]! : undefined;
}

export interface Rate {
  readonly limit: number;
  readonly windowMs: number;
}

/** `100/15m`: so many requests in a window of whole seconds. `30/min` and `10/h` may leave the number of units out. */
export function rate(text: string): Rate | undefined {
  const match = /^(\d{1,9})\/(\d{0,9})(ms|s|min|m|h|d)$/.exec(text);
  if (!match) return undefined;
  const unit = match[3] === 'min' ? 'm' : match[3]!;
  const windowMs = durationMs(`${match[2] || '1'}${unit}`)!;
  // Redis counts windows in seconds, and takes none for one without an end
  return windowMs >= 1_000 && windowMs % 1_000 === 0
    ? { limit: Number(match[1]), windowMs }
    : undefined;
}

const UNIT_BYTES: Readonly<Record<string, number>> = {
  '': 1,
  k: 1_024,
  m: 1_048_576,
  g: 1_073_741_824,
};

/** `500k`, `10m`, `10 MB`, `1g` in bytes; a bare number is bytes. */
export function sizeBytes(text: string): number | undefined {
  const match = /^(\d{1,12}) ?([kmg]?)b?$/i.exec(text);
  return match ? Number(match[1]) * UNIT_BYTES[match[2]!.toLowerCase()]! : undefined;
}

/** Comma separated, blanks ignored. */
export function list(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
}

export function wholeNumber(text: string): number | undefined {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
}

export function yesOrNo(text: string): boolean | undefined {
  return text === 'true' ? true : text === 'false' ? false : undefined;
}

/** An address to put a path behind. */
export function withoutTrailingSlash(text: string): string {
  return text.endsWith('/') ? withoutTrailingSlash(text.slice(0, -1)) : text;
}

/** How many proxies in front are trusted, or which (addresses and CIDR ranges). */
export function proxies(text: string): number | string[] | undefined {
  return /^\d+$/.test(text) ? Number(text) : list(text);
}

/** A list of keys, each with its id before a colon; one without gets an id from its hash. */
export function namedKeys(text: string): string[] {
  return list(text).map((entry) =>
    entry.includes(':')
      ? entry
      : `${createHash('sha256').update(entry).digest('hex').slice(0, 8)}:${entry}`,
  );
}
