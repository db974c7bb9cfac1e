import { createHash } from 'node:crypto';
import { IsOptional, Matches } from 'class-validator';
import { IsTransport, type Transport } from '#features/auth/token-delivery.service';
import { Raw } from '#edge/request-guard/request-guard.decorators';
import type { Identity } from '#platform/database/generated/client';
import { IsText } from '#platform/validation/text.decorators';

export class FlowStart {
  /**
   * Send the browser there. What it comes back with belongs to the browser that got this answer.
   * @example "https://accounts.example.com/authorize?client_id=aerie&response_type=code&state=…"
   */
  authorizationUrl: string;
}

/** The query with which the provider sent the browser back. */
export class ProviderAnswer {
  /** @example "SplxlOBeZQQYbYS6WxSbIA" */
  @Raw()
  @IsText({ max: 4_096 })
  code: string;

  /** @example "af0ifjsldkj0123456789abcdefghijklmnopqrstuv" */
  @Raw()
  @Matches(/^[\w-]{43}$/)
  state: string;

  /**
   * RFC 9207; some providers send none.
   * @example "https://accounts.example.com"
   */
  @IsOptional()
  @Raw()
  @IsText({ max: 1_000 })
  iss?: string;
}

export class ProviderSignIn extends ProviderAnswer {
  /** `cookie` keeps the refresh token where no script can read it; for pages. */
  @IsOptional()
  @IsTransport()
  transport?: Transport;
}

export class OwnerProof {
  /**
   * The account's password. Not needed within ten minutes of a sign-in to link an identity, nor to
   * unlink one from an account that has none.
   * @example "correct horse battery staple"
   */
  @IsOptional()
  @Raw()
  @IsText({ max: 1_024 })
  password?: string;
}

export class IdentityId {
  @Matches(/^[\w-]{43}$/)
  id: string;
}

export class IdentityView {
  /** @example "2jmj7l5rSw0yVb_vlWAYkK_YBwk2jmj7l5rSw0yVb_v" */
  id: string;
  /**
   * The provider.
   * @example "https://accounts.example.com"
   */
  issuer: string;
  /**
   * What the provider calls the owner.
   * @example "248289761001"
   */
  subject: string;
  createdAt: Date;

  static of({ issuer, subject, createdAt }: Identity): IdentityView {
    // both may hold any character, and stand in a path
    const id = createHash('sha256')
      .update(JSON.stringify([issuer, subject]))
      .digest('base64url');
    return { id, issuer, subject, createdAt };
  }
}

export class IdentityList {
  items: IdentityView[];
}
