import { fieldRule, type OfEach } from './field-rule.js';

const DAY_MS = 86_400_000;

/** A calendar date that exists, `YYYY-MM-DD`, kept as text: a day has no time zone. */
export function IsIsoDate({ each }: OfEach = {}) {
  return fieldRule({
    name: 'isIsoDate',
    each,
    takes: (value) => typeof value === 'string' && isCalendarDate(value),
    wants: 'must be a date that exists, as YYYY-MM-DD',
    schema: { type: 'string', format: 'date' },
  });
}

/**
 * On the end of a range: later than the field `start`, and by no more than `maxDays` if given. Both are
 * dates or their text; when there is no start, or it is no date, this has nothing to say.
 */
export function EndsAfter(start: string, { maxDays = Infinity }: { maxDays?: number } = {}) {
  return fieldRule({
    name: 'endsAfter',
    takes: (value, { object }) => {
      const spanMs = timeOf(value) - timeOf((object as Record<string, unknown>)[start]);
      return Number.isNaN(spanMs) || (spanMs > 0 && spanMs <= maxDays * DAY_MS);
    },
    wants: `must be after ${start}${maxDays === Infinity ? '' : `, by at most ${maxDays} days`}`,
  });
}

function isCalendarDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || text.startsWith('0000')) return false;
  const date = new Date(`${text}T00:00:00Z`); // takes 30 February for 2 March
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function timeOf(value: unknown): number {
  if (value instanceof Date) return value.getTime();
  return typeof value === 'string' ? Date.parse(value) : NaN;
}
