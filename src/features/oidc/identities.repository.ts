import { Injectable } from '@nestjs/common';
import type { Identity } from '#platform/database/generated/client';
import { isDuplicate } from '#platform/database/outage';
import { Repository } from '#platform/database/repository';
import { IdentityTaken } from './oidc.problems.js';

type IdentityKey = Pick<Identity, 'issuer' | 'subject'>;

@Injectable()
export class IdentitiesRepository extends Repository {
  find({ issuer, subject }: IdentityKey): Promise<Identity | null> {
    return this.read((db) =>
      db.identity.findUnique({ where: { issuer_subject: { issuer, subject } } }),
    );
  }

  findByUser(userId: string): Promise<Identity[]> {
    return this.read((db) =>
      db.identity.findMany({ where: { userId }, orderBy: { createdAt: 'asc' }, take: 100 }),
    );
  }

  async insert({ issuer, subject }: IdentityKey, userId: string): Promise<Identity> {
    try {
      return await this.write((db) => db.identity.create({ data: { issuer, subject, userId } }));
    } catch (error) {
      throw isDuplicate(error) ? new IdentityTaken({ cause: error }) : error;
    }
  }

  /** False when it was gone before. */
  async delete({ issuer, subject }: IdentityKey, userId: string): Promise<boolean> {
    const { count } = await this.write((db) =>
      db.identity.deleteMany({ where: { issuer, subject, userId } }),
    );
    return count === 1;
  }
}
