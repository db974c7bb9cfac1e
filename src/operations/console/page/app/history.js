import { get } from './api.js';

const LENGTH = { '5s': 720, '1m': 1_440 };
const MINUTE_MS = 60_000;

/** The past of every series, an hour at five seconds and a day at a minute, as the charts need it. */
export const history = {
  '5s': { resolutionSeconds: 5, endsAtMs: 0, series: {} },
  '1m': { resolutionSeconds: 60, endsAtMs: 0, series: {} },
};

export async function loadHistory(resolution) {
  const { resolutionSeconds, endsAt, series } = await get(
    `/hardening/metrics/history?resolution=${resolution}`,
  );
  history[resolution] = { resolutionSeconds, endsAtMs: Date.parse(endsAt), series };
}

/**
 * Adds what a tick says. A series that is new begins with nothing known, and of the time for which no
 * tick came nothing is known either: a chart must not draw an outage together.
 */
export function addTick({ endsAt, values }) {
  const recent = history['5s'];
  const endsAtMs = Date.parse(endsAt);
  if (recent.endsAtMs === 0 || endsAtMs <= recent.endsAtMs) return;
  const slotMs = recent.resolutionSeconds * 1_000;
  const missed = Math.round((endsAtMs - recent.endsAtMs) / slotMs) - 1;
  for (let i = 0; i < Math.min(missed, LENGTH['5s']); i++) {
    for (const known of Object.values(recent.series)) append(known, null);
  }
  const length = Math.max(0, ...Object.values(recent.series).map((each) => each.length));
  for (const [name, value] of Object.entries(values)) {
    const known = (recent.series[name] ??= Array.from({ length }, () => null));
    append(known, value);
  }
  recent.endsAtMs = endsAtMs;
}

function append(values, value) {
  values.push(value);
  if (values.length > LENGTH['5s']) values.shift();
}

/** What a series said last; null when it is not known. */
export function latest(name) {
  return history['5s'].series[name]?.at(-1) ?? null;
}

/** Whether the minutes are behind by more than one. */
export function areMinutesOld() {
  return Date.now() - history['1m'].endsAtMs > MINUTE_MS + 5_000;
}

/** `[times in seconds, values, …]` of the named series, for the last so many seconds. */
export function columns(resolution, names, seconds) {
  const { resolutionSeconds, endsAtMs, series } = history[resolution];
  const past = names.map((name) => series[name] ?? []);
  const wanted = Math.min(
    Math.floor(seconds / resolutionSeconds),
    Math.max(0, ...past.map((values) => values.length)),
  );
  const times = Array.from(
    { length: wanted },
    (_, index) => endsAtMs / 1_000 - (wanted - 1 - index) * resolutionSeconds,
  );
  return [times, ...past.map((values) => lastOf(values, wanted))];
}

function lastOf(values, wanted) {
  const missing = Math.max(0, wanted - values.length);
  return [...Array.from({ length: missing }, () => null), ...values.slice(-wanted || undefined)];
}
