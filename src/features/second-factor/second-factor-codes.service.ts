import { Injectable } from '@nestjs/common';
import { AuditService } from '#features/audit/audit.service';
import { GuessesService } from '#features/users/guesses.service';
import { Database } from '#platform/database/database';
import { recoveryCodeHash } from './recovery-codes.js';
import { SecondFactorRepository, type Enrolment } from './second-factor.repository.js';
import { isTimeBased, stepOf } from './time-based-codes.js';

/** A million codes, three of them right at any time: slower than passwords. */
const CODE_GUESSES = { free: 5, firstDelaySeconds: 30, longestDelaySeconds: 3_600 };

/** Tells right codes from wrong ones. A right one is used up by it. */
@Injectable()
export class SecondFactorCodesService {
  constructor(
    private readonly factors: SecondFactorRepository,
    private readonly guesses: GuessesService,
    private readonly audit: AuditService,
    private readonly database: Database,
  ) {}

  /**
   * Whether it is a current code of the account's authenticator, or one of its recovery codes, and
   * was not used before. Never within a transaction: a wrong code must stay counted. Throws
   * `GuessingTooFast` in a pause after wrong ones; recovery codes cannot be guessed and are taken even
   * then, so that nobody is locked out by another's guessing.
   */
  async take(userId: string, entered: string): Promise<boolean> {
    const code = entered.replaceAll(/[\s-]/g, '');
    if (!isTimeBased(code)) return this.takeRecoveryCode(userId, code);
    const step = await this.counting(userId, () => this.takeTimeBased(userId, code));
    return step !== null;
  }

  /** The time step of a code for a secret that is not confirmed yet, or null for a wrong one. */
  matchEnrolled({ userId, secret }: Enrolment, entered: string): Promise<number | null> {
    const code = entered.replaceAll(/\s/g, '');
    return this.counting(userId, async () => (isTimeBased(code) ? stepOf(secret, code) : null));
  }

  private async takeTimeBased(userId: string, code: string): Promise<number | null> {
    const factor = await this.factors.findEnabled(userId);
    const step = factor && stepOf(factor.secret, code);
    if (step === null) return null;
    return this.database.transaction(async () => {
      if (!(await this.factors.useStep(userId, step))) return null;
      await this.audit.record('auth.second_factor_used', { subject: userId });
      return step;
    });
  }

  private async takeRecoveryCode(userId: string, code: string): Promise<boolean> {
    const isTaken = await this.database.transaction(async () => {
      const hash = recoveryCodeHash(userId, code);
      if (!(await this.factors.useRecoveryCode(userId, hash, new Date()))) return false;
      const left = await this.factors.countRecoveryCodes(userId);
      await this.audit.record('auth.recovery_code_used', { subject: userId, metadata: { left } });
      return true;
    });
    if (!isTaken) await this.audit.record('auth.second_factor_failed', { subject: userId });
    return isTaken;
  }

  /** Bounds guessing: a million codes are soon tried. */
  private async counting<T>(userId: string, attempt: () => Promise<T | null>): Promise<T | null> {
    const what = `second factor of ${userId}`;
    const failures = await this.guesses.take(what, CODE_GUESSES);
    const outcome = await attempt();
    if (outcome === null) {
      const fact = { subject: userId, metadata: { failures } };
      await this.audit.record('auth.second_factor_failed', fact);
    } else {
      await this.guesses.wasRight(what);
    }
    return outcome;
  }
}
