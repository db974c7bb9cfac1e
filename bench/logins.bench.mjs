// What a burst of 200 sign-ins does to everybody else: /ping is asked without a pause while they are
// under way, by the same client. The service is the built one, in a process of its own. Hashes run
// on libuv's threads, as many at once as there are cores, so the event loop stays free.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startService, stopService } from './built-service.mjs';
import { ADMIN, aerieEnvironment } from './side-by-side/aerie-environment.mjs';
import { isQuick, printNote, printTable, round } from './table.mjs';

const BURST = isQuick ? 20 : 200;

const directory = mkdtempSync(join(tmpdir(), 'aerie-bench-'));
const { child, url } = await startService(aerieEnvironment(directory));
try {
  await Promise.all(Array.from({ length: 20 }, () => logIn()));

  const quiet = await pingsUntil(new Promise((resolve) => setTimeout(resolve, 2_000)));
  const start = performance.now();
  const burst = Promise.all(Array.from({ length: BURST }, () => logIn()));
  const busy = await pingsUntil(burst);
  const seconds = (performance.now() - start) / 1_000;
  const refused = (await burst).filter((status) => status !== 200).length;

  printTable(
    `logins: /ping while ${BURST} sign-ins are under way, ms`,
    ['', 'pings', 'median', 'p99', 'slowest'],
    [
      ['quiet', ...figuresOf(quiet)],
      [`during ${BURST} sign-ins`, ...figuresOf(busy)],
    ],
  );
  printNote(`${round(BURST / seconds)} sign-ins a second, ${refused} refused`);
} finally {
  await stopService(child);
  rmSync(directory, { recursive: true, force: true });
}

async function logIn() {
  const answer = await fetch(`${url}/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ADMIN),
  });
  await answer.arrayBuffer();
  return answer.status;
}

/** How long each of the pings took, one after the other, in milliseconds. */
async function pingsUntil(end) {
  const took = [];
  const state = { hasEnded: false };
  end.then(() => (state.hasEnded = true));
  while (!state.hasEnded) {
    const start = performance.now();
    await (await fetch(`${url}/ping`)).arrayBuffer();
    took.push(performance.now() - start);
  }
  return took;
}

function figuresOf(samples) {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share) =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]);
  return [samples.length, at(0.5), at(0.99), at(1)];
}
