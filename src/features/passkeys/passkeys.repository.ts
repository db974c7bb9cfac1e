import { Injectable } from '@nestjs/common';
import type { Passkey, Prisma, User } from '#platform/database/generated/client';
import { isDuplicate } from '#platform/database/outage';
import { Repository } from '#platform/database/repository';
import { PasskeyKnown } from './passkeys.problems.js';

/** More than a user may have. */
const MOST = 100;

@Injectable()
export class PasskeysRepository extends Repository {
  /** The oldest first. */
  findAllOf(userId: string): Promise<Passkey[]> {
    return this.read((db) =>
      db.passkey.findMany({ where: { userId }, orderBy: { id: 'asc' }, take: MOST }),
    );
  }

  findByCredential(credentialId: string): Promise<(Passkey & { user: User }) | null> {
    return this.read((db) =>
      db.passkey.findUnique({ where: { credentialId }, include: { user: true } }),
    );
  }

  async insert(passkey: Prisma.PasskeyUncheckedCreateInput): Promise<Passkey> {
    try {
      return await this.write((db) => db.passkey.create({ data: passkey }));
    } catch (error) {
      throw isDuplicate(error) ? new PasskeyKnown({ cause: error }) : error;
    }
  }

  async isOf(userId: string, id: string): Promise<boolean> {
    return (await this.read((db) => db.passkey.count({ where: { id, userId } }))) === 1;
  }

  /** False when it is not the user's. */
  async rename(userId: string, id: string, name: string): Promise<boolean> {
    const { count } = await this.write((db) =>
      db.passkey.updateMany({ where: { id, userId }, data: { name } }),
    );
    return count === 1;
  }

  /** False when it is not the user's. */
  async delete(userId: string, id: string): Promise<boolean> {
    const { count } = await this.write((db) => db.passkey.deleteMany({ where: { id, userId } }));
    return count === 1;
  }

  /**
   * Notes a use. False when the counter has not grown, which tells of a copy; those that always say
   * 0 do not count (WebAuthn, section 6.1.1).
   */
  async use(id: string, counter: bigint, isBackedUp: boolean, now: Date): Promise<boolean> {
    const { count } = await this.write((db) =>
      db.passkey.updateMany({
        where: { id, ...(counter === 0n ? { counter } : { counter: { lt: counter } }) },
        data: { counter, isBackedUp, lastUsedAt: now },
      }),
    );
    return count === 1;
  }
}
