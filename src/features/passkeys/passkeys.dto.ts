import { IsObject, IsOptional } from 'class-validator';
import { Raw } from '#edge/request-guard/request-guard.decorators';
import { IsTransport, type Transport } from '#features/auth/token-delivery.service';
import type { Passkey } from '#platform/database/generated/client';
import { IsId } from '#platform/validation/id.decorators';
import { IsText } from '#platform/validation/text.decorators';

export class RegistrationRequest {
  /** Asked for when the sign-in is older than ten minutes. */
  @Raw()
  @IsOptional()
  @IsText({ max: 1_024 })
  password?: string;
}

/** For `PublicKeyCredential.parseCreationOptionsFromJSON()`. */
export class PasskeyCreationOptions {
  /** @example "mXb2mGEUoxrVuR1Q4UoB4gXfKuXWUJwMu0kOiw_PKzg" */
  challenge: string;
  rp: object;
  user: object;
  pubKeyCredParams: object[];
  /** Milliseconds. */
  timeout?: number;
  excludeCredentials?: object[];
  authenticatorSelection?: object;
  hints?: string[];
  attestation?: string;
  extensions?: object;
}

/** For `PublicKeyCredential.parseRequestOptionsFromJSON()`. */
export class PasskeyRequestOptions {
  /** @example "mXb2mGEUoxrVuR1Q4UoB4gXfKuXWUJwMu0kOiw_PKzg" */
  challenge: string;
  /** @example "example.com" */
  rpId?: string;
  /** Milliseconds. */
  timeout?: number;
  /** @example "preferred" */
  userVerification?: string;
}

export class NewPasskey {
  /** What `navigator.credentials.create()` gave, by its `toJSON()`. */
  @Raw()
  @IsObject()
  credential: object;

  /** @example "Telephone" */
  @IsText({ max: 100, trim: true })
  name: string;
}

export class PasskeyAssertion {
  /** What `navigator.credentials.get()` gave, by its `toJSON()`. */
  @Raw()
  @IsObject()
  credential: object;

  /** `cookie` keeps the refresh token where no script can read it; for pages. */
  @IsOptional()
  @IsTransport()
  transport?: Transport;
}

export class PasskeyId {
  @IsId()
  id: string;
}

export class PasskeyName {
  /** @example "Telephone" */
  @IsText({ max: 100, trim: true })
  name: string;
}

export class PasskeyRemoval {
  /** An account without one must have signed in within the last ten minutes. */
  @Raw()
  @IsOptional()
  @IsText({ max: 1_024 })
  password?: string;
}

export class PasskeyView {
  /** @example "019aa5b1-4c1e-7d3a-9a53-2f6f2b0a4a11" */
  id: string;
  /** @example "Telephone" */
  name: string;
  /** Whether it is kept elsewhere too, such as in the cloud of a telephone's maker. */
  backedUp: boolean;
  createdAt: Date;
  lastUsedAt: Date | null;

  static of({ id, name, isBackedUp, createdAt, lastUsedAt }: Passkey): PasskeyView {
    return { id, name, backedUp: isBackedUp, createdAt, lastUsedAt };
  }
}

export class PasskeysPage {
  items: PasskeyView[];
  /** Always null: an account's passkeys fit on one page. */
  nextCursor: string | null;
}
