import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { Totp } from '#platform/database/generated/client';
import { Repository } from '#platform/database/repository';

export type Enrolment = Pick<Totp, 'userId' | 'secret' | 'createdAt'>;

@Injectable()
export class SecondFactorRepository extends Repository {
  async isEnabled(userId: string): Promise<boolean> {
    const rows = await this.select(ENABLED, [userId], { keptAs: 'second factor' });
    return rows.length === 1;
  }

  findEnabled(userId: string): Promise<Totp | null> {
    return this.read((db) => db.totp.findUnique({ where: { userId, confirmedAt: { not: null } } }));
  }

  findEnrolment(userId: string, since: Date): Promise<Enrolment | null> {
    return this.read((db) =>
      db.totp.findUnique({ where: { userId, confirmedAt: null, createdAt: { gt: since } } }),
    );
  }

  /** Takes the place of an enrolment that was not confirmed; false when one was. */
  async putEnrolment({ userId, secret, createdAt }: Enrolment): Promise<boolean> {
    const inserted = await this.write((db) =>
      db.totp.createMany({ data: [{ userId, secret, createdAt }], skipDuplicates: true }),
    );
    if (inserted.count === 1) return true;
    const { count } = await this.write((db) =>
      db.totp.updateMany({ where: { userId, confirmedAt: null }, data: { secret, createdAt } }),
    );
    return count === 1;
  }

  /** False when it was confirmed or replaced meanwhile. */
  async confirm({ userId, createdAt }: Enrolment, step: number, now: Date): Promise<boolean> {
    const { count } = await this.write((db) =>
      db.totp.updateMany({
        where: { userId, createdAt, confirmedAt: null },
        data: { confirmedAt: now, lastUsedStep: step },
      }),
    );
    return count === 1;
  }

  /** False when this step or a later one was used before: of many at once the row lets one through. */
  async useStep(userId: string, step: number): Promise<boolean> {
    const { count } = await this.write((db) =>
      db.totp.updateMany({
        where: { userId, confirmedAt: { not: null }, lastUsedStep: { lt: step } },
        data: { lastUsedStep: step },
      }),
    );
    return count === 1;
  }

  /** Removes the secret and the codes. False when there was no confirmed factor. */
  async delete(userId: string): Promise<boolean> {
    const { count } = await this.write((db) =>
      db.totp.deleteMany({ where: { userId, confirmedAt: { not: null } } }),
    );
    await this.write((db) => db.recoveryCode.deleteMany({ where: { userId } }));
    return count === 1;
  }

  /** Within a transaction, keeps others from changing the factor until its end. False when there is none. */
  async lock(userId: string): Promise<boolean> {
    const rows = await this.write(
      (db) => db.$queryRaw<unknown[]>`
        SELECT 1 FROM totp
        WHERE user_id = ${userId}::uuid AND confirmed_at IS NOT NULL
        FOR UPDATE`,
    );
    return rows.length === 1;
  }

  async replaceRecoveryCodes(userId: string, codeHashes: string[]): Promise<void> {
    await this.write((db) => db.recoveryCode.deleteMany({ where: { userId } }));
    const data = codeHashes.map((codeHash) => ({ id: uuidv7(), userId, codeHash }));
    await this.write((db) => db.recoveryCode.createMany({ data }));
  }

  /** False when it was used before, or is none. */
  async useRecoveryCode(userId: string, codeHash: string, now: Date): Promise<boolean> {
    const { count } = await this.write((db) =>
      db.recoveryCode.updateMany({
        where: { userId, codeHash, usedAt: null },
        data: { usedAt: now },
      }),
    );
    return count === 1;
  }

  countRecoveryCodes(userId: string): Promise<number> {
    return this.read((db) => db.recoveryCode.count({ where: { userId, usedAt: null } }));
  }
}

const ENABLED = 'SELECT 1 FROM totp WHERE user_id = $1 AND confirmed_at IS NOT NULL';
