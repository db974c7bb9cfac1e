import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';
import { Config } from '#platform/config/config';
import { Log } from '#platform/logging/log';
import { whenThere, type Soon } from '#platform/waiting/soon';
import { SigningKeyFile } from './signing-key-file.js';

export interface SigningKey {
  /** RFC 7638 thumbprint of the public key. */
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: JWK;
}

type KeysById = ReadonlyMap<string, SigningKey>;

/** The Ed25519 keys of the tokens: the first signs, all verify, so that keys rotate without a stop. */
@Injectable()
export class SigningKeys {
  private keys: Soon<KeysById>;
  private readonly file: SigningKeyFile | undefined;

  constructor(
    { JWT_SIGNING_KEYS: given, DATA_DIR }: Config,
    private readonly log: Log,
  ) {
    if (!given) this.file = new SigningKeyFile(DATA_DIR);
    const read = readKeys(given ?? this.file!.changed()!);
    this.keys = read;
    void this.keepWhenRead(read);
  }

  async current(): Promise<SigningKey> {
    const [first] = (await this.inEffect()).values();
    return first!;
  }

  /** At once, but for the first time after a change. */
  find(kid: string | undefined): Soon<SigningKey | undefined> {
    return kid === undefined ? undefined : whenThere(this.inEffect(), (keys) => keys.get(kid));
  }

  /** The public halves, RFC 7517. */
  async publicSet(): Promise<{ keys: JWK[] }> {
    return { keys: [...(await this.inEffect()).values()].map(({ jwk }) => jwk) };
  }

  /** A file that cannot be read changes nothing: the keys at hand go on. */
  private inEffect(): Soon<KeysById> {
    const before = this.keys;
    try {
      const changed = this.file?.changed();
      if (changed) {
        const read = readKeys(changed).catch((error: unknown) => {
          this.complain(error);
          return before;
        });
        this.keys = read;
        void this.keepWhenRead(read);
      }
    } catch (error) {
      this.complain(error);
    }
    return this.keys;
  }

  private async keepWhenRead(reading: Promise<KeysById>): Promise<void> {
    const keys = await reading;
    if (this.keys === reading) this.keys = keys;
  }

  private complain(error: unknown): void {
    this.log.error({ err: error }, 'the signing keys cannot be read again: keeping those at hand');
  }
}

async function readKeys(encoded: string[]): Promise<KeysById> {
  const keys = await Promise.all(encoded.map(readKey));
  return new Map(keys.map((key) => [key.kid, key]));
}

async function readKey(base64: string): Promise<SigningKey> {
  const privateKey = createPrivateKey({
    key: Buffer.from(base64, 'base64'),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey(privateKey);
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, privateKey, publicKey, jwk: { ...jwk, kid, alg: 'EdDSA', use: 'sig' } };
}
