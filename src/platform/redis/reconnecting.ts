import type { Redis } from 'ioredis';

/** How long a connection may say nothing when asked before another is taken in its place. */
export const GIVE_UP_MS = 4_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 3_000;
/** What broke sooner than this after it was made counts as one more failure. */
const SOUND_MS = 5_000;

/**
 * The pauses between attempts to connect, for one connection: they grow, also when each attempt
 * succeeds and then breaks, and differ from process to process, or all would come back to a Redis at
 * the same moment.
 */
export class ReconnectPauses {
  private failures = 0;
  private readyAt = Infinity;

  /** For ioredis, which counts no attempt that succeeded. */
  readonly next = (): number => {
    if (performance.now() - this.readyAt > SOUND_MS) this.failures = 0;
    this.readyAt = Infinity;
    const pauseMs = Math.min(++this.failures * FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
    return pauseMs * (0.5 + Math.random() / 2);
  };

  watch(client: Redis): void {
    client.on('ready', () => {
      this.readyAt = performance.now();
    });
  }
}

/**
 * Takes a new connection in place of one that was accepted but never greeted: what accepts and then
 * says nothing, a proxy say, would be waited for for ever.
 */
export function replaceUngreeted(client: Redis): void {
  let timer: NodeJS.Timeout | undefined;
  client.on('connect', () => {
    timer = setTimeout(() => client.disconnect(true), GIVE_UP_MS).unref();
  });
  for (const event of ['ready', 'close']) client.on(event, () => clearTimeout(timer));
}
