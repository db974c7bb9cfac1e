/** What is worse than allowed in the steps of a ramp, a sentence each. */
export function exceeded(steps, { maxP99Ms, maxErrorPercent, minRate }) {
  const said = [];
  for (const { connections, p99Ms, errorPercent } of steps) {
    const at = `at ${connections} connections`;
    if (p99Ms > maxP99Ms) said.push(`${at}: p99 ${p99Ms} ms, allowed ${maxP99Ms}`);
    if (errorPercent > maxErrorPercent) {
      said.push(`${at}: ${errorPercent.toFixed(2)} % failed, allowed ${maxErrorPercent}`);
    }
  }
  const best = Math.max(...steps.map(({ rate }) => rate));
  if (best < minRate) said.push(`${Math.round(best)} requests a second at best, wanted ${minRate}`);
  return said;
}
