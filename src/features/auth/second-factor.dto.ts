import { IsJWT, IsOptional, MaxLength } from 'class-validator';
import { Raw } from '#edge/request-guard/request-guard.decorators';
import { IsText } from '#platform/validation/text.decorators';
import { IsTransport, type Transport } from './transport.js';

export class EnrolmentRequest {
  /** Asked for when the sign-in is older than ten minutes. */
  @Raw()
  @IsOptional()
  @IsText({ max: 1_024 })
  password?: string;
}

export class SecondFactorEnrolment {
  /**
   * For the authenticator app.
   * @example "otpauth://totp/aerie:ada%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=aerie"
   */
  otpauthUri: string;
  /**
   * The same as a QR code.
   * @example "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 45 45\"></svg>"
   */
  qrSvg: string;
}

export class EnrolmentConfirmation {
  /**
   * What the authenticator app shows.
   * @example "492039"
   */
  @Raw()
  @IsText({ max: 40 })
  code: string;
}

/** The password or a code, whichever is at hand. */
export class IdentityProof {
  /** @example "correct horse battery staple" */
  @Raw()
  @IsOptional()
  @IsText({ max: 1_024 })
  password?: string | null;

  /**
   * Of the authenticator app, or a recovery code.
   * @example "492039"
   */
  @Raw()
  @IsOptional()
  @IsText({ max: 40 })
  code?: string | null;
}

export class RecoveryCodes {
  /**
   * Each signs in once in the place of a code. Shown this once.
   * @example ["k7m2-9qxp-04ze-h3rt"]
   */
  recoveryCodes: string[];
}

export class SecondStep {
  /**
   * From the problem `second-factor-required`.
   * @example "eyJhbGciOiJFZERTQSIsInR5cCI6InB0K2p3dCJ9.eyJzdWIiOiIwMTlhYTViMSJ9.c2lnbmF0dXJl"
   */
  @Raw()
  @IsJWT()
  @MaxLength(2_048)
  pendingToken: string;

  /**
   * Of the authenticator app, or a recovery code.
   * @example "492039"
   */
  @Raw()
  @IsText({ max: 40 })
  code: string;

  /** `cookie` keeps the refresh token where no script can read it; for pages. */
  @IsOptional()
  @IsTransport()
  transport?: Transport | null;
}
