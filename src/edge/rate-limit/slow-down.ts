import { Injectable } from '@nestjs/common';
import type { CountedResponse } from '#edge/transport/counted-response';
import { Load } from '#edge/transport/load';
import { ClientGone, RateLimited } from '#platform/errors/problems';

const STEP_MS = 100;
const LONGEST_MS = 2_000;
const MOST_WAITING = 200;

/** 100 ms more for each request beyond `after`, up to 2 s. `after` 0 never slows. */
export function delayMs(hits: number, after: number): number {
  if (after === 0 || hits <= after) return 0;
  return Math.min((hits - after) * STEP_MS, LONGEST_MS);
}

/**
 * Where slowed requests wait. Each holds a socket and its body, so there is a bound, beyond which
 * they are refused: letting them through would reward those who send the most at once. They do not
 * count as under way, or they would take the places of others.
 */
@Injectable()
export class SlowDown {
  private count = 0;

  constructor(private readonly load: Load) {}

  get waiting(): number {
    return this.count;
  }

  /** Throws when there is no place, and when the client leaves, which frees its place at once. */
  async wait(ms: number, response: CountedResponse): Promise<void> {
    if (this.count >= MOST_WAITING)
      throw new RateLimited({ retryAfterSeconds: LONGEST_MS / 1_000 });
    this.count++;
    this.load.setAside(response);
    try {
      await pause(ms, response);
    } finally {
      this.count--;
      this.load.takeUp(response);
    }
  }
}

function pause(ms: number, response: CountedResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      clearTimeout(timer);
      reject(new ClientGone());
    };
    const timer = setTimeout(() => {
      response.off('close', leave);
      resolve();
    }, ms);
    if (response.destroyed) leave();
    else response.once('close', leave);
  });
}
