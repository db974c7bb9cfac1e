import { createHmac } from 'node:crypto';

/**
 * The value of `X-Signature` for a body: `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`. The
 * time is signed as well, so that a receiver can refuse what is old and was sent again.
 */
export function signatureOf(body: string, secret: string, now = new Date()): string {
  const t = Math.floor(now.getTime() / 1_000);
  const v1 = createHmac('sha256', secret).update(`${t}.${body}`).digest('hex');
  return `t=${t},v1=${v1}`;
}
