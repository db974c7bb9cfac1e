import { Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { jwtVerify, SignJWT, type JWTPayload, type JWTVerifyOptions } from 'jose';
import { Config } from '#platform/config/config';
import { whenThere, type Soon } from '#platform/waiting/soon';
import { InvalidToken } from './auth.problems.js';
import { CEREMONY_TTL_MS } from './ceremonies.service.js';
import { SigningKeys, type SigningKey } from './signing-keys.js';
import type { AccessClaims, PendingClaims, RefreshClaims } from './token-claims.js';
import { VerifiedTokens } from './verified-tokens.js';

const ALGORITHM = 'EdDSA';
const ACCESS_TYPE = 'at+jwt'; // RFC 9068
const REFRESH_TYPE = 'rt+jwt';
const PENDING_TYPE = 'pt+jwt';
const CLOCK_SKEW_SECONDS = 5;

/** What a token says, and which key vouches for it. */
interface SignedToken {
  readonly payload: JWTPayload;
  readonly key: SigningKey;
}

/**
 * Signs and reads tokens. The type stands in the signed header and the audience differs, so that
 * one kind never passes for the other; the algorithm is ours and never the token's to choose.
 */
@Injectable()
export class Tokens {
  readonly accessTtlSeconds: number;
  readonly refreshTtlMs: number;
  private readonly verified = new VerifiedTokens();

  constructor(
    private readonly keys: SigningKeys,
    private readonly config: Config,
  ) {
    this.accessTtlSeconds = Math.floor(config.JWT_ACCESS_TTL / 1_000);
    this.refreshTtlMs = config.JWT_REFRESH_TTL;
  }

  signAccess({ userId, sessionId }: AccessClaims): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    return this.sign(ACCESS_TYPE, {
      aud: this.config.JWT_AUDIENCE,
      sub: userId,
      sid: sessionId,
      iat: now,
      exp: now + this.accessTtlSeconds,
    });
  }

  /**
   * Holds nothing that varies: two refreshes that meet in the same generation get the same token,
   * though neither is stored.
   */
  signRefresh({ sessionId, generation }: RefreshClaims, expiresAt: Date): Promise<string> {
    return this.sign(REFRESH_TYPE, {
      aud: this.config.JWT_ISSUER,
      sid: sessionId,
      gen: generation,
      exp: Math.floor(expiresAt.getTime() / 1_000),
    });
  }

  signPending({ userId, ceremony }: PendingClaims): Promise<string> {
    return this.sign(PENDING_TYPE, {
      aud: this.config.JWT_ISSUER,
      sub: userId,
      jti: ceremony,
      exp: Math.floor((Date.now() + CEREMONY_TTL_MS) / 1_000),
    });
  }

  readAccess(token: string): Soon<AccessClaims> {
    const known = this.verified.find(token, Date.now() / 1_000);
    if (!known) return this.verifyAccess(token);
    return whenThere(this.keys.find(known.key.kid), (key) =>
      // a key that was withdrawn vouches for nothing that it vouched for before
      key === known.key ? known.claims : this.verifyAccess(token),
    );
  }

  private async verifyAccess(token: string): Promise<AccessClaims> {
    const { payload, key } = await this.read(token, {
      typ: ACCESS_TYPE,
      audience: this.config.JWT_AUDIENCE,
      maxTokenAge: this.accessTtlSeconds, // also refuses one issued in the future
      requiredClaims: ['sub', 'sid', 'exp'],
    });
    const claims = { userId: asUuid(payload.sub), sessionId: asUuid(payload['sid']) };
    const { iat, exp } = payload as Required<JWTPayload>;
    this.verified.keep(token, { claims, key, issuedAt: iat, expiresAt: exp });
    return claims;
  }

  async readRefresh(token: string): Promise<RefreshClaims> {
    const {
      payload: { sid, gen },
    } = await this.read(token, {
      typ: REFRESH_TYPE,
      audience: this.config.JWT_ISSUER,
      requiredClaims: ['sid', 'gen', 'exp'],
    });
    if (!Number.isInteger(gen)) throw new InvalidToken();
    return { sessionId: asUuid(sid), generation: Number(gen) };
  }

  /** The session of a token of ours, access or refresh, live or not; undefined for anything else. */
  async sessionOf(token: string): Promise<string | undefined> {
    try {
      const readAccess = async () => this.readAccess(token);
      const { sessionId } = await readAccess().catch(() => this.readRefresh(token));
      return sessionId;
    } catch {
      return undefined;
    }
  }

  async readPending(token: string): Promise<PendingClaims> {
    const {
      payload: { sub, jti },
    } = await this.read(token, {
      typ: PENDING_TYPE,
      audience: this.config.JWT_ISSUER,
      requiredClaims: ['sub', 'jti', 'exp'],
    });
    return { userId: asUuid(sub), ceremony: asUuid(jti) };
  }

  private async sign(typ: string, claims: JWTPayload): Promise<string> {
    const { kid, privateKey } = await this.keys.current();
    return new SignJWT({ iss: this.config.JWT_ISSUER, ...claims })
      .setProtectedHeader({ alg: ALGORITHM, kid, typ })
      .sign(privateKey);
  }

  private async read(token: string, options: JWTVerifyOptions): Promise<SignedToken> {
    let key: SigningKey | undefined;
    try {
      const { payload } = await jwtVerify(
        token,
        async ({ kid }) => {
          key = await this.keys.find(kid);
          if (!key) throw new InvalidToken();
          return key.publicKey;
        },
        {
          ...options,
          algorithms: [ALGORITHM],
          issuer: this.config.JWT_ISSUER,
          clockTolerance: CLOCK_SKEW_SECONDS,
        },
      );
      return { payload, key: key! };
    } catch (error) {
      throw new InvalidToken({ cause: error });
    }
  }
}

/** What the signature vouches for is still checked before it becomes part of a query. */
function asUuid(claim: unknown): string {
  if (!isUuid(claim)) throw new InvalidToken();
  return claim as string;
}
