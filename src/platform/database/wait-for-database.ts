import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../logging/log.js';
import { isOutage } from './outage.js';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** Repeats `work` while the database is out of order, with growing pauses; other errors are thrown. */
export async function waitForDatabase<T>(work: () => Promise<T>, log: Log): Promise<T> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isOutage(error)) throw error;
      log.warn({ err: error, retryInMs: pauseMs }, 'the database does not answer: waiting for it');
      await delay(pauseMs);
    }
  }
}
