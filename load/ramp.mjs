import autocannon from 'autocannon';

const SHARES = [0.01, 0.1, 0.25, 0.5, 1];
const TIMEOUT_SECONDS = 30;

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
  const { result } = await new Promise((resolve, reject) => {
    const options = { url, connections, duration: seconds, timeout: TIMEOUT_SECONDS, requests };
    const run = autocannon(options, (error, outcome) =>
      error ? reject(error) : resolve({ result: outcome }),
    );
    run.on('reqError', ({ code, message }) => {
      const kind = code ?? message;
      broken[kind] = (broken[kind] ?? 0) + 1;
    });
  });
  return summaryOf(connections, result, broken);
}

function summaryOf(connections, result, broken) {
  const failures = { ...broken };
  if (result.timeouts > 0) failures.timeout = result.timeouts;
  for (const [status, { count }] of Object.entries(result.statusCodeStats ?? {})) {
    if (Number(status) >= 300) failures[status] = count;
  }
  const failed = result.non2xx + result.errors; // of which timeouts are some
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
