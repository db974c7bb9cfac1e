import { randomBytes, type KeyObject } from 'node:crypto';
import { IV_BYTES, seal, unseal } from './aes-gcm.js';

const ENVELOPE = /^v1\.([\w-]{1,32})\.([\w-]{38,})$/;

/**
 * What was an envelope before somebody changed a character of it is not taken for plain text either:
 * it would show the ciphertext.
 */
const LIKE_ENVELOPE = /^v1\.[^]{41}|\.[\w-]{38,}$/;

/** A stored value that none of the keys opens. Says where it stands, and nothing of what it holds. */
export class UndecryptableValue extends Error {
  constructor(place: string, reason: string, options?: ErrorOptions) {
    super(`${place} cannot be decrypted: ${reason}`, options);
  }
}

/**
 * AES-256-GCM for text that is kept in a column, as `v1.<key id>.<base64url(iv ‖ ciphertext ‖ tag)>`.
 * The first key encrypts, all decrypt.
 */
export class FieldCipher {
  readonly currentKeyId: string;

  constructor(private readonly keys: ReadonlyMap<string, KeyObject>) {
    [this.currentKeyId = ''] = keys.keys();
  }

  /** What every value that needs no rotation begins with. */
  get currentPrefix(): string {
    return `v1.${this.currentKeyId}.`;
  }

  /** `place` says where the value is kept; only the same place decrypts it. */
  encrypt(text: string, place: string): string {
    const key = this.keys.get(this.currentKeyId)!;
    const sealed = seal(key, randomBytes(IV_BYTES), Buffer.from(text), Buffer.from(place));
    return this.currentPrefix + sealed.toString('base64url');
  }

  /** Plain text, from before the column was encrypted, comes back as it is. Throws `UndecryptableValue`. */
  decrypt(stored: string, place: string): string {
    const [, keyId, body] = ENVELOPE.exec(stored) ?? [];
    if (keyId === undefined || body === undefined) {
      if (!LIKE_ENVELOPE.test(stored)) return stored;
      throw new UndecryptableValue(place, 'it is damaged');
    }
    const key = this.keys.get(keyId);
    if (!key) throw new UndecryptableValue(place, `there is no key "${keyId}"`);
    const sealed = Buffer.from(body, 'base64url');
    try {
      // the last character has bits to spare: one value, one spelling
      if (sealed.toString('base64url') !== body) throw new Error('not canonical base64url');
      return unseal(key, sealed, Buffer.from(place)).toString('utf8');
    } catch (cause) {
      throw new UndecryptableValue(
        place,
        `it was changed, comes from another place, or key "${keyId}" is another one now`,
        { cause },
      );
    }
  }
}
