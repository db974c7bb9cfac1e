import { IsJWT, IsOptional, MaxLength } from 'class-validator';
import { Raw } from '#edge/request-guard/request-guard.decorators';
import { IsEmailAddress } from '#platform/validation/email.decorators';
import { IsStrongPassword } from '#platform/validation/password.decorators';
import { IsText } from '#platform/validation/text.decorators';
import { IsTransport, type Transport } from './transport.js';

export class NewUser {
  /** @example "ada@example.com" */
  @IsEmailAddress()
  email: string;

  /**
   * At least 8 characters, at most 128, and none of the passwords that are tried first. Taken as it
   * is: no trimming, no case folding.
   * @example "correct horse battery staple"
   */
  @Raw()
  @IsStrongPassword()
  password: string;

  /** @example "Ada Lovelace" */
  @IsOptional()
  @IsText({ max: 100 })
  name?: string;
}

export class Credentials {
  /** @example "ada@example.com" */
  @IsEmailAddress()
  email: string;

  /** @example "correct horse battery staple" */
  @Raw()
  @IsText({ max: 1_024 })
  password: string;

  /** `cookie` keeps the refresh token where no script can read it; for pages. */
  @IsOptional()
  @IsTransport()
  transport?: Transport | null;

  /**
   * Of the second factor, where the account has one: an authenticator's, or a recovery code.
   * @example "492039"
   */
  @Raw()
  @IsOptional()
  @IsText({ max: 40 })
  code?: string | null;
}

export class RefreshRequest {
  /** Absent when it is in the cookie. */
  /** @example "eyJhbGciOiJFZERTQSIsInR5cCI6InJlZnJlc2grand0In0.eyJqdGkiOiIwMTlhYTViMSJ9.c2lnbmF0dXJl" */
  @IsOptional()
  @Raw()
  @IsJWT()
  @MaxLength(2_048)
  refreshToken?: string;
}

/** The answer to a sign-up, the same whether or not the address is known. */
export class Accepted {
  /** @example "accepted" */
  status: 'accepted';
}

export class TokenPair {
  /**
   * Send it as `Authorization: Bearer …`.
   * @example "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIwMTlhYTViMSJ9.c2lnbmF0dXJl"
   */
  accessToken: string;
  /**
   * Good for one refresh; its successor comes with the answer. In the cookie instead, if that was asked for.
   * @example "eyJhbGciOiJFZERTQSIsInR5cCI6InJlZnJlc2grand0In0.eyJqdGkiOiIwMTlhYTViMSJ9.c2lnbmF0dXJl"
   */
  refreshToken?: string;
  /** @example "Bearer" */
  tokenType: 'Bearer';
  /**
   * How long the access token is good for.
   * @example 900
   */
  expiresInSeconds: number;
}

/** RFC 7517. */
export class KeySet {
  /** @example [{ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", "alg": "EdDSA", "use": "sig" }] */
  keys: Record<string, unknown>[];
}
