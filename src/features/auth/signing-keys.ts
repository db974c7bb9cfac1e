import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';
import { Config } from '#platform/config/config';

export interface SigningKey {
  /** RFC 7638 thumbprint of the public key. */
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: JWK;
}

/** The Ed25519 keys of the tokens: the first signs, all verify, so that keys rotate without a stop. */
@Injectable()
export class SigningKeys {
  private readonly keys: Promise<Map<string, SigningKey>>;

  constructor(config: Config) {
    const encoded = config.JWT_SIGNING_KEYS ?? [developmentKey(config.DATA_DIR)];
    this.keys = Promise.all(encoded.map(readKey)).then(
      (keys) => new Map(keys.map((key) => [key.kid, key])),
    );
  }

  async current(): Promise<SigningKey> {
    const [first] = (await this.keys).values();
    return first!;
  }

  async find(kid: string | undefined): Promise<SigningKey | undefined> {
    return kid === undefined ? undefined : (await this.keys).get(kid);
  }

  /** The public halves, RFC 7517. */
  async publicSet(): Promise<{ keys: JWK[] }> {
    return { keys: [...(await this.keys).values()].map(({ jwk }) => jwk) };
  }
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

/** Production never comes here: it refuses to start without JWT_SIGNING_KEYS. */
function developmentKey(dataDirectory: string): string {
  const file = join(dataDirectory, 'signing-key');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const { privateKey } = generateKeyPairSync('ed25519');
  const key = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
  mkdirSync(dataDirectory, { recursive: true });
  const beside = `${file}.${process.pid}`;
  writeFileSync(beside, `${key}\n`, { mode: 0o600 });
  renameSync(beside, file);
  return key;
}
