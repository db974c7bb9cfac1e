import { Injectable } from '@nestjs/common';
import type { SignedIn } from '#edge/access/principal';
import { CodeRefused } from '#features/second-factor/second-factor.problems';
import { SecondFactorCodesService } from '#features/second-factor/second-factor-codes.service';
import { SecondFactorService } from '#features/second-factor/second-factor.service';
import { ReauthenticationService } from '#features/users/reauthentication.service';
import { ReauthenticationRequired } from '#features/users/users.problems';
import { Database } from '#platform/database/database';
import { AccountChangesService } from './account-changes.service.js';
import type { LetterKind } from './owner-letters.js';
import type { IdentityProof, RecoveryCodes, SecondFactorEnrolment } from './second-factor.dto.js';

/** Changes to the own second factor: each asks who it is, and those that matter end the other sessions. */
@Injectable()
export class SecondFactorSettingsService {
  constructor(
    private readonly secondFactor: SecondFactorService,
    private readonly codes: SecondFactorCodesService,
    private readonly reauthentication: ReauthenticationService,
    private readonly changes: AccountChangesService,
    private readonly database: Database,
  ) {}

  async enrol(caller: SignedIn, password: string | undefined): Promise<SecondFactorEnrolment> {
    await this.reauthentication.requireRecent(caller, password);
    return this.secondFactor.enrol(caller.userId);
  }

  /** Throws `NoEnrolment`, `CodeRefused` or `GuessingTooFast`. */
  async confirm(caller: SignedIn, code: string): Promise<RecoveryCodes> {
    const enrolment = await this.secondFactor.getEnrolment(caller.userId);
    const step = await this.codes.matchEnrolled(enrolment, code);
    if (step === null) throw new CodeRefused();
    return this.database.transaction(async () => {
      const recoveryCodes = await this.secondFactor.enable(enrolment, step);
      await this.followUp(caller, 'second-factor-on');
      return { recoveryCodes };
    });
  }

  async disable(caller: SignedIn, proof: IdentityProof): Promise<void> {
    await this.requireProof(caller, proof);
    await this.database.transaction(async () => {
      await this.secondFactor.disable(caller.userId);
      await this.followUp(caller, 'second-factor-off');
    });
  }

  async renewRecoveryCodes(caller: SignedIn, proof: IdentityProof): Promise<RecoveryCodes> {
    await this.requireProof(caller, proof);
    return { recoveryCodes: await this.secondFactor.renewRecoveryCodes(caller.userId) };
  }

  /** Either will do, and what is given must be right. */
  private async requireProof(caller: SignedIn, { password, code }: IdentityProof): Promise<void> {
    if (!password && !code) throw new ReauthenticationRequired();
    if (password) await this.reauthentication.require(caller, password);
    if (code && !(await this.codes.take(caller.userId, code))) throw new CodeRefused();
  }

  private followUp({ userId, session }: SignedIn, letter: LetterKind): Promise<void> {
    return this.changes.follow(userId, { letter, keepSession: session.id });
  }
}
