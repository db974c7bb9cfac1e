import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  hkdfSync,
  sign,
  timingSafeEqual,
  verify,
  type KeyObject,
} from 'node:crypto';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Config } from '#platform/config/config';
import { keptSecret } from '#platform/encryption/kept-secret';
import { StartFailure } from '#platform/lifecycle/start-failure';
import { canonicalJson } from './canonical-json.js';

/** What a look at a signature or a MAC says. One by a key that is not ours says nothing either way. */
export type Proof = 'good' | 'bad' | 'unknown key';

interface AuditKey {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** Node.js 24 takes five times as long for a MAC whose key is given as bytes. */
  readonly macKey: KeyObject;
}

/** The keys of the trail: the first of AUDIT_SIGNING_KEYS signs, all verify. Unset, DATA_DIR keeps one. */
@Injectable()
export class AuditKeys {
  /** Where they are from; one in memory is gone with the process. */
  readonly origin: 'setting' | 'file' | 'memory';
  private readonly keys = new Map<string, AuditKey>();
  private readonly first: AuditKey;

  constructor({ AUDIT_SIGNING_KEYS: given, DATA_DIR }: Config) {
    const { origin, texts } = given ? { origin: 'setting' as const, texts: given } : own(DATA_DIR);
    this.origin = origin;
    for (const text of texts) {
      const key = readKey(text);
      this.keys.set(key.id, key);
    }
    [this.first] = this.keys.values() as Iterable<AuditKey> as unknown as [AuditKey];
  }

  /** Signs what is said (Ed25519): `<key id>.<base64url>`. */
  sign(statement: readonly unknown[]): string {
    const { id, privateKey } = this.first;
    return `${id}.${sign(null, bytesOf(statement), privateKey).toString('base64url')}`;
  }

  checkSignature(statement: readonly unknown[], signature: string): Proof {
    return this.check(signature, (key, value) =>
      verify(null, bytesOf(statement), key.publicKey, value),
    );
  }

  /** A keyed hash of what is said, much cheaper than a signature: `<key id>.<base64url>`. */
  mac(statement: readonly unknown[]): string {
    return `${this.first.id}.${macOf(statement, this.first).toString('base64url')}`;
  }

  checkMac(statement: readonly unknown[], mac: string): Proof {
    return this.check(mac, (key, value) => {
      const expected = macOf(statement, key);
      return value.length === expected.length && timingSafeEqual(value, expected);
    });
  }

  private check(text: string, isRight: (key: AuditKey, value: Buffer) => boolean): Proof {
    const [id = '', value] = text.split('.');
    const key = this.keys.get(id);
    if (value === undefined || !/^[\da-f]{16}$/.test(id)) return 'bad';
    if (!key) return 'unknown key';
    return isRight(key, Buffer.from(value, 'base64url')) ? 'good' : 'bad';
  }
}

function bytesOf(statement: readonly unknown[]): Buffer {
  return Buffer.from(canonicalJson(statement));
}

function macOf(statement: readonly unknown[], { macKey }: AuditKey): Buffer {
  return createHmac('sha256', macKey).update(canonicalJson(statement)).digest();
}

/** Without a setting the start must not fail, even where DATA_DIR cannot be written. */
function own(dataDirectory: string): { origin: 'file' | 'memory'; texts: string[] } {
  try {
    const text = keptSecret(join(dataDirectory, 'audit', 'signing-key'), makeKey);
    return { origin: 'file', texts: [text] };
  } catch {
    return { origin: 'memory', texts: [makeKey()] };
  }
}

function makeKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  return privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
}

function readKey(text: string): AuditKey {
  const der = Buffer.from(text, 'base64');
  const privateKey = privateKeyOf(der);
  const publicKey = createPublicKey(privateKey);
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  return {
    id: createHash('sha256').update(spki).digest('hex').slice(0, 16),
    privateKey,
    publicKey,
    macKey: createSecretKey(Buffer.from(hkdfSync('sha256', der, '', 'aerie audit pending', 32))),
  };
}

/** The setting was checked when it was read, so what is no key is the file. */
function privateKeyOf(der: Buffer): KeyObject {
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } catch (error) {
    throw new StartFailure('audit/signing-key in DATA_DIR holds no key. Put back the one of old.', {
      cause: error,
    });
  }
}
