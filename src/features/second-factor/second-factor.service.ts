import { Injectable } from '@nestjs/common';
import QRCode from 'qrcode';
import { AuditService } from '#features/audit/audit.service';
import { UsersService } from '#features/users/users.service';
import { productName } from '#platform/config/version';
import { Database } from '#platform/database/database';
import { newRecoveryCodes, recoveryCodeHash } from './recovery-codes.js';
import { NoEnrolment, SecondFactorOff, SecondFactorOn } from './second-factor.problems.js';
import { SecondFactorRepository, type Enrolment } from './second-factor.repository.js';
import { newSecret, uriOf } from './time-based-codes.js';

/** A secret that lay on a screen and was not confirmed is not worth keeping. */
const ENROLMENT_TTL_MS = 15 * 60_000;

/** The second factor of an account, from enrolment to the end: a secret for an app, and recovery codes. */
@Injectable()
export class SecondFactorService {
  constructor(
    private readonly factors: SecondFactorRepository,
    private readonly users: UsersService,
    private readonly audit: AuditService,
    private readonly database: Database,
  ) {}

  /** Whether signing in takes a code; an enrolment that was not confirmed does not count. */
  isEnabled(userId: string): Promise<boolean> {
    return this.factors.isEnabled(userId);
  }

  /** Makes a secret, in the place of one that was not confirmed. Throws `SecondFactorOn`. */
  async enrol(userId: string): Promise<{ otpauthUri: string; qrSvg: string }> {
    const { email } = await this.users.get(userId);
    const secret = newSecret();
    await this.database.transaction(async () => {
      const enrolment = { userId, secret, createdAt: new Date() };
      if (!(await this.factors.putEnrolment(enrolment))) throw new SecondFactorOn();
      await this.audit.record('user.second_factor_enrolled', { subject: userId });
    });
    const otpauthUri = uriOf(secret, productName, email);
    return { otpauthUri, qrSvg: await QRCode.toString(otpauthUri, { type: 'svg' }) };
  }

  /** The enrolment that waits to be confirmed. Throws `NoEnrolment`. */
  async getEnrolment(userId: string): Promise<Enrolment> {
    const since = new Date(Date.now() - ENROLMENT_TTL_MS);
    const enrolment = await this.factors.findEnrolment(userId, since);
    if (!enrolment) throw new NoEnrolment();
    return enrolment;
  }

  /**
   * Makes the enrolment count, once the code of a step has proved that the owner's app has it.
   * Returns the recovery codes, which are kept as hashes only. Throws `NoEnrolment` when another was
   * faster.
   */
  enable(enrolment: Enrolment, step: number): Promise<string[]> {
    const { userId } = enrolment;
    return this.database.transaction(async () => {
      if (!(await this.factors.confirm(enrolment, step, new Date()))) throw new NoEnrolment();
      await this.audit.record('user.second_factor_enabled', { subject: userId });
      return this.giveRecoveryCodes(userId);
    });
  }

  /** Removes the secret and the recovery codes. Throws `SecondFactorOff`. */
  async disable(userId: string): Promise<void> {
    await this.database.transaction(async () => {
      if (!(await this.factors.delete(userId))) throw new SecondFactorOff();
      await this.audit.record('user.second_factor_disabled', { subject: userId });
    });
  }

  /** New recovery codes; the old ones are void. Throws `SecondFactorOff`. */
  renewRecoveryCodes(userId: string): Promise<string[]> {
    return this.database.transaction(async () => {
      // else two renewals at once would leave the codes of both
      if (!(await this.factors.lock(userId))) throw new SecondFactorOff();
      await this.audit.record('user.recovery_codes_renewed', { subject: userId });
      return this.giveRecoveryCodes(userId);
    });
  }

  private async giveRecoveryCodes(userId: string): Promise<string[]> {
    const codes = newRecoveryCodes();
    const hashes = codes.map((code) => recoveryCodeHash(userId, code.replaceAll('-', '')));
    await this.factors.replaceRecoveryCodes(userId, hashes);
    return codes;
  }
}
