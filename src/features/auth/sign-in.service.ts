import { Injectable } from '@nestjs/common';
import { SecondFactorRequired, WrongCode } from '#features/second-factor/second-factor.problems';
import { SecondFactorCodesService } from '#features/second-factor/second-factor-codes.service';
import { SecondFactorService } from '#features/second-factor/second-factor.service';
import type { User } from '#platform/database/generated/client';
import { AccountDisabled } from '#features/users/users.problems';
import type { TokenPair } from './auth.dto.js';
import { PendingSignInsService } from './pending-sign-ins.service.js';
import { SessionsService } from './sessions.service.js';

/** What a way to sign in has beside the user. */
export interface Proof {
  /** Of the authenticator app, or a recovery code. */
  readonly code?: string;
  /** The way itself took two factors, such as a passkey that asked for a finger or a PIN. */
  readonly hasTwoFactors?: boolean;
}

/** The last step of every way to sign in: by password, passkey or provider. */
@Injectable()
export class SignInService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly secondFactor: SecondFactorService,
    private readonly codes: SecondFactorCodesService,
    private readonly pending: PendingSignInsService,
  ) {}

  /**
   * Opens a session for a user who has proved a first factor, and a second one where the account has
   * it. Throws `AccountDisabled`, `WrongCode`, `GuessingTooFast`, and without a code
   * `SecondFactorRequired` with a `pendingToken` for `resume`.
   */
  async complete(user: User, { code, hasTwoFactors = false }: Proof = {}): Promise<TokenPair> {
    if (user.disabledAt) throw new AccountDisabled();
    if (!hasTwoFactors && (await this.secondFactor.isEnabled(user.id))) {
      if (code === undefined) {
        const pendingToken = await this.pending.begin(user);
        throw new SecondFactorRequired({ members: { pendingToken } });
      }
      if (!(await this.codes.take(user.id, code))) throw new WrongCode();
    }
    return this.sessions.open(user);
  }

  /** The second step. The token stays good after a wrong code, and is used up by a right one. */
  async resume(pendingToken: string, code: string): Promise<TokenPair> {
    const user = await this.pending.getUser(pendingToken);
    if (user.disabledAt) throw new AccountDisabled();
    if (!(await this.codes.take(user.id, code))) throw new WrongCode();
    await this.pending.redeem(pendingToken);
    return this.sessions.open(user);
  }
}
