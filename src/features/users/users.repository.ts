import { Injectable } from '@nestjs/common';
import type { Prisma, User } from '#platform/database/generated/client';
import { isDuplicate } from '#platform/database/outage';
import { Repository } from '#platform/database/repository';
import { EmailTaken } from './users.problems.js';

@Injectable()
export class UsersRepository extends Repository {
  findById(id: string): Promise<User | null> {
    return this.read((db) => db.user.findUnique({ where: { id } }));
  }

  findByEmail(email: string): Promise<User | null> {
    return this.read((db) => db.user.findUnique({ where: { email } }));
  }

  /** The newest users first, from before the given id. */
  findPage(before: string | undefined, limit: number): Promise<User[]> {
    return this.read((db) =>
      db.user.findMany({
        where: before === undefined ? {} : { id: { lt: before } },
        orderBy: { id: 'desc' },
        take: limit,
      }),
    );
  }

  async hasAdministrator(): Promise<boolean> {
    const found = await this.read((db) =>
      db.user.findFirst({ where: { role: 'admin' }, select: { id: true } }),
    );
    return found !== null;
  }

  /** Leaves uniqueness to the index: a look-up first would let two simultaneous sign-ups both pass. */
  async insert(user: Prisma.UserCreateInput): Promise<User> {
    try {
      return await this.write((db) => db.user.create({ data: user }));
    } catch (error) {
      throw isDuplicate(error) ? new EmailTaken({ cause: error }) : error;
    }
  }

  async updatePasswordHash(id: string, passwordHash: string): Promise<void> {
    await this.write((db) => db.user.update({ where: { id }, data: { passwordHash } }));
  }
}
