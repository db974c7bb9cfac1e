import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
export const IV_BYTES = 12; // 96 bits, NIST SP 800-38D §8.2.2
const TAG = { authTagLength: 16 };

/** iv ‖ ciphertext ‖ tag. The same iv must never be used twice with one key. */
export function seal(key: KeyObject, iv: Buffer, plaintext: Buffer, aad: Buffer): Buffer {
  const cipher = createCipheriv(ALGORITHM, key, iv, TAG).setAAD(aad);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([iv, ciphertext, cipher.getAuthTag()]);
}

/** The plaintext of what `seal()` made. Throws when a bit of it, or of `aad`, is another. */
export function unseal(key: KeyObject, sealed: Buffer, aad: Buffer): Buffer {
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, IV_BYTES), TAG);
  decipher.setAAD(aad).setAuthTag(sealed.subarray(-TAG.authTagLength));
  const plaintext = decipher.update(sealed.subarray(IV_BYTES, -TAG.authTagLength));
  return Buffer.concat([plaintext, decipher.final()]);
}
