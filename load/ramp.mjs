import autocannon from 'autocannon';

const SHARES = [0.01, 0.1, 0.25, 0.5, 1];
const TIMEOUT_SECONDS = 30;
/** At the end of a step each connection waits for something; for so long, and twice what others took, it hangs. */
const HANGS_AFTER_MS = 1_000;

/** How many connections each step has, up to the most. */
export function stepsUpTo(most) {
  return [...new Set(SHARES.map((share) => Math.max(1, Math.round(most * share))))];
}

/** Puts the target under load with so many connections, and says how it did. */
export async function step(url, { connections, seconds, routes, token }) {
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  const requests = routes.flatMap(({ path, weight }) =>
    Array.from({ length: weight }, () => ({ method: 'GET', path, headers })),
  );
  const broken = {};
  const waits = [];
  const setupClient = (client) => {
    let since = performance.now();
    client.on('response', () => (since = performance.now()));
    waits.push(() => performance.now() - since);
  };
  const { result } = await new Promise((resolve, reject) => {
    const timeout = TIMEOUT_SECONDS;
    const options = { url, connections, duration: seconds, timeout, requests, setupClient };
    const run = autocannon(options, (error, outcome) =>
      error ? reject(error) : resolve({ result: outcome }),
    );
    run.on('reqError', ({ code, message }) => {
      const kind = code ?? message;
      broken[kind] = (broken[kind] ?? 0) + 1;
    });
  });
  const hangsAfterMs = Math.max(Math.min(HANGS_AFTER_MS, seconds * 500), 2 * result.latency.max);
  const unanswered = waits.filter((waitedMs) => waitedMs() > hangsAfterMs).length;
  return summaryOf(connections, result, broken, unanswered);
}

function summaryOf(connections, result, broken, unanswered) {
  const failures = { ...broken };
  // autocannon takes no notice of them
  if (unanswered > 0) failures['not answered'] = unanswered;
  if (result.timeouts > 0) failures.timeout = result.timeouts;
  for (const [status, { count }] of Object.entries(result.statusCodeStats ?? {})) {
    if (Number(status) >= 300) failures[status] = count;
  }
  const failed = result.non2xx + result.errors + unanswered; // timeouts are some of the errors
  const all = result['2xx'] + failed;
  const { p50, p90, p99, max } = result.latency;
  return {
    connections,
    rate: result['2xx'] / result.duration,
    p50Ms: p50,
    p90Ms: p90,
    p99Ms: p99,
    maxMs: max,
    errorPercent: all === 0 ? 100 : (failed / all) * 100,
    failures,
  };
}
