import { median } from '../../bench/table.mjs';

/**
 * Writes down which promises were kept in the states that they concern: of each, `promise` is the
 * sentence, `offence(result)` what broke it, undefined when nothing did, and `concerns(state)` which
 * states it is about, all when left out.
 */
export function judge(drill, promises, results) {
  for (const { promise, concerns = () => true, offence } of promises) {
    const concerned = results.filter(({ state }) => concerns(state));
    if (concerned.length === 0) continue;
    const found = concerned.flatMap((result) => {
      const what = offence(result);
      return what === undefined ? [] : [`${result.state.name}: ${what}`];
    });
    drill.promise(promise, found.length === 0, found.join('; '));
  }
}

export function medianMsOf(records) {
  return Number(median(records.map(({ tookMs }) => tookMs)).toFixed(1));
}

/** The number when it is over the limit. */
export function over(number, limit) {
  return number > limit ? String(Math.round(number)) : undefined;
}

/** The first of them in words, and how many there are. */
export function firstOf(offenders, say) {
  if (offenders.length === 0) return undefined;
  return `${say(offenders[0])}${offenders.length > 1 ? ` (one of ${offenders.length})` : ''}`;
}
