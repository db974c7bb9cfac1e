import { durationMs, list, proxies, rate, sizeBytes, type Rate } from './parsers.js';

const SIZES: readonly [string, number][] = [
  ['g', 1_073_741_824],
  ['m', 1_048_576],
  ['k', 1_024],
];

const UNITS: readonly [string, number][] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
];

/** Each parser's way back, for values that read badly otherwise. */
const WAYS_BACK = new Map<unknown, (value: never) => string>([
  [durationMs, duration],
  [sizeBytes, size],
  [rate, ({ limit, windowMs }: Rate) => `${limit}/${duration(windowMs)}`],
  [list, (entries: string[]) => entries.join(',')],
  [proxies, (value: number | string[]) => String(value)],
]);

/** Writes a value as one would in the environment: what `parse` reads gives the value again. */
export function formatValue(value: unknown, parse?: unknown): string {
  if (value === undefined) return '';
  const wayBack = WAYS_BACK.get(parse);
  if (wayBack) return wayBack(value as never);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `900000` as `15m`: the largest unit that leaves nothing over. */
function duration(ms: number): string {
  const [name, unitMs] = UNITS.find((unit) => ms > 0 && ms % unit[1] === 0) ?? ['ms', 1];
  return `${ms / unitMs}${name}`;
}

/** `10485760` as `10m`. */
function size(bytes: number): string {
  const [name, unit] = SIZES.find((each) => bytes > 0 && bytes % each[1] === 0) ?? ['', 1];
  return `${bytes / unit}${name}`;
}
