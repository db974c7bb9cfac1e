import { createHash, randomBytes } from 'node:crypto';

const CODES = 10;
const CODE_BYTES = 10;

/** Crockford's base32: what is read aloud or off paper has no I, L, O or U in it. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Ten codes of 80 random bits, such as `k7m2-9qxp-04ze-h3rt`. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: CODES }, newRecoveryCode);
}

function newRecoveryCode(): string {
  const number = BigInt(`0x${randomBytes(CODE_BYTES).toString('hex')}`);
  const digits = Array.from({ length: (CODE_BYTES * 8) / 5 }, (_, i) =>
    ALPHABET.charAt(Number((number >> BigInt(5 * i)) & 31n)),
  );
  return digits.join('').match(/.{4}/g)!.join('-');
}

/**
 * What is kept of a code. A slow hash would gain nothing: it makes up for passwords that can be
 * guessed, and 80 random bits cannot. The owner is hashed with it, so that whoever reads the table
 * cannot try one guess against all accounts at once.
 */
export function recoveryCodeHash(userId: string, code: string): string {
  const plain = code.toLowerCase().replaceAll('o', '0').replaceAll(/[il]/g, '1');
  return createHash('sha256').update(`${userId}:${plain}`).digest('base64url');
}
