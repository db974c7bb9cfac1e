import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

const PREFIX_BYTES = 8;
const SECRET_BYTES = 32;
const SHAPE = /^(aerie_([\da-f]{16})_([\da-f]{64}))([\da-f]{8})$/;

/** `aerie_<prefix>_<secret><checksum>`, in hexadecimal digits of lower case. */
export interface ApiKeyParts {
  /** Says which key it is; may be shown. */
  readonly prefix: string;
  /** 256 random bits. */
  readonly secret: string;
}

export function makeApiKey(): ApiKeyParts & { readonly key: string } {
  const prefix = randomBytes(PREFIX_BYTES).toString('hex');
  const secret = randomBytes(SECRET_BYTES).toString('hex');
  const text = `aerie_${prefix}_${secret}`;
  return { prefix, secret, key: text + checksum(text) };
}

/** Null for what is none: the checksum tells a slip of the pen, or a scanner's find, without a query. */
export function readApiKey(key: string): ApiKeyParts | null {
  const [, text, prefix, secret, sum] = SHAPE.exec(key) ?? [];
  if (!text || !prefix || !secret || sum !== checksum(text)) return null;
  return { prefix, secret };
}

/** Fast on purpose: there is nothing to guess about 256 random bits. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** In the same time wherever the two differ. */
export function isSecretOf(hash: string, secret: string): boolean {
  return timingSafeEqual(Buffer.from(hashSecret(secret)), Buffer.from(hash));
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}
