import {
  createHash,
  generateKeyPairSync,
  randomBytes,
  sign,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const BACKUP_ELIGIBLE = 0x08;
const BACKED_UP = 0x10;
const HAS_CREDENTIAL = 0x40;

/** What a page or an authenticator may do otherwise than it should. */
export interface Conduct {
  /** The page that asks. */
  origin?: string;
  /** The domain that is signed for. */
  rpId?: string;
  challenge?: string;
  type?: string;
  /** Whether the authenticator asked for a finger or a PIN. */
  isUserVerified?: boolean;
  isUserPresent?: boolean;
  userHandle?: string;
}

interface Options {
  challenge: string;
  rp?: { id: string };
  rpId?: string;
  user?: { id: string };
}

/** A browser and one passkey (WebAuthn level 3): real CBOR, real keys, real signatures. */
export class SoftwareAuthenticator {
  readonly credentialId = randomBytes(32).toString('base64url');
  counter = 0;
  private readonly privateKey: KeyObject;
  private readonly cose: Map<number, number | Uint8Array<ArrayBuffer>>;
  private userHandle: string | undefined;

  constructor(
    algorithm: 'ES256' | 'EdDSA' = 'ES256',
    private readonly origin = 'http://localhost:3000',
  ) {
    const { privateKey, publicKey } =
      algorithm === 'ES256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('ed25519');
    this.privateKey = privateKey;
    this.cose = coseKey(algorithm, publicKey.export({ format: 'jwk' }));
  }

  /** `navigator.credentials.create()`, as JSON. */
  create(options: Options, conduct: Conduct = {}) {
    this.userHandle = options.user?.id;
    const rpId = conduct.rpId ?? options.rp!.id;
    const id = Buffer.from(this.credentialId, 'base64url');
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    const authData = Buffer.concat([
      this.authenticatorData(rpId, conduct, HAS_CREDENTIAL),
      Buffer.alloc(16), // no make and model
      length,
      id,
      isoCBOR.encode(this.cose),
    ]);
    const attestation = isoCBOR.encode(
      new Map<string, string | Uint8Array<ArrayBuffer> | Map<string, string>>([
        ['fmt', 'none'],
        ['attStmt', new Map<string, string>()],
        ['authData', Uint8Array.from(authData)],
      ]),
    );
    return this.credential({
      clientDataJSON: this.clientData('webauthn.create', options, conduct).toString('base64url'),
      attestationObject: Buffer.from(attestation).toString('base64url'),
      transports: ['internal', 'hybrid', 'telepathy'],
    });
  }

  /** `navigator.credentials.get()`, as JSON. */
  get(options: Options, conduct: Conduct = {}) {
    const clientData = this.clientData('webauthn.get', options, conduct);
    const authData = this.authenticatorData(conduct.rpId ?? options.rpId!, conduct);
    const signed = Buffer.concat([authData, createHash('sha256').update(clientData).digest()]);
    const hash = this.privateKey.asymmetricKeyType === 'ec' ? 'sha256' : null;
    return this.credential({
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: authData.toString('base64url'),
      signature: sign(hash, signed, this.privateKey).toString('base64url'),
      userHandle: conduct.userHandle ?? this.userHandle,
    });
  }

  private credential<T extends object>(response: T) {
    return {
      id: this.credentialId,
      rawId: this.credentialId,
      type: 'public-key',
      authenticatorAttachment: 'platform',
      clientExtensionResults: {},
      response,
    };
  }

  private clientData(type: string, { challenge }: Options, conduct: Conduct): Buffer {
    return Buffer.from(
      JSON.stringify({
        type: conduct.type ?? type,
        challenge: conduct.challenge ?? challenge,
        origin: conduct.origin ?? this.origin,
        crossOrigin: false,
      }),
    );
  }

  private authenticatorData(rpId: string, conduct: Conduct, further = 0): Buffer {
    const { isUserVerified = true, isUserPresent = true } = conduct;
    const flags =
      (isUserPresent ? USER_PRESENT : 0) |
      (isUserVerified ? USER_VERIFIED : 0) |
      BACKUP_ELIGIBLE |
      BACKED_UP |
      further;
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.counter);
    return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.of(flags), counter]);
  }
}

const bytes = (text: string | undefined) => Uint8Array.from(Buffer.from(text!, 'base64url'));

/** RFC 9053, as integers: key type, algorithm, curve, coordinates. */
function coseKey(algorithm: 'ES256' | 'EdDSA', { x, y }: JsonWebKey) {
  return algorithm === 'ES256'
    ? new Map<number, number | Uint8Array<ArrayBuffer>>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, bytes(x)],
        [-3, bytes(y)],
      ])
    : new Map<number, number | Uint8Array<ArrayBuffer>>([
        [1, 1],
        [3, -8],
        [-1, 6],
        [-2, bytes(x)],
      ]);
}
