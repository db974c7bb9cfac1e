import { createHash } from 'node:crypto';

/** Keys lie in Redis and in memory: a digest keeps addresses and tokens out of both. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
