import type { Redis } from 'ioredis';

/** How long a connection may say nothing when asked before another is taken in its place. */
export const GIVE_UP_MS = 10_000;

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
