import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseUnavailable } from '../errors/problems.js';

const PAUSE_MS = 1_000;

/** Waiting for a database that is away, which ends when the process does. */
export class Patience {
  isOver = false;

  /** Repeats the work while the database is away. Throws `DatabaseUnavailable` when patience is over. */
  async with<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof DatabaseUnavailable) || this.isOver) throw error;
        await delay(PAUSE_MS, undefined, { ref: false });
      }
    }
  }
}
