import type { Lifecycle } from '../lifecycle/lifecycle.js';
import type { Log } from '../logging/log.js';
import { isOutage } from './outage.js';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
const LONGEST_SILENCE_MS = 600_000;

/**
 * Repeats `work` while the database is out of order, with growing pauses; other errors are thrown.
 * Health says for how long; the log says it at once and then ever more rarely, every ten minutes at last.
 */
export async function waitForDatabase<T>(
  work: () => Promise<T>,
  lifecycle: Lifecycle,
  log: Log,
): Promise<T> {
  const startedAt = performance.now();
  let nextLineMs = 0;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      const result = await work();
      const { waiting } = lifecycle;
      if (waiting) log.info({ waitedSeconds: waiting.seconds }, 'the database answers');
      lifecycle.waitFor(undefined);
      return result;
    } catch (error) {
      if (!isOutage(error)) throw error;
      lifecycle.waitFor('the database', startedAt);
      const waitedMs = performance.now() - startedAt;
      if (waitedMs >= nextLineMs) {
        nextLineMs = waitedMs + Math.min(Math.max(waitedMs, 1_000), LONGEST_SILENCE_MS);
        const waitedSeconds = Math.round(waitedMs / 1_000);
        const found = { err: error, waitedSeconds, step: lifecycle.step, retryInMs: pauseMs };
        log.warn(found, 'the database does not answer: waiting for it');
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
