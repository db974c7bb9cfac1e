import { Injectable } from '@nestjs/common';
import { Repository } from '#platform/database/repository';

const PAGE = 200;

/**
 * What is kept about a person, from every table that has some of it, as far as it may leave: nothing
 * that signs anybody in. A test compares this with the tables that have a `user_id`.
 */
@Injectable()
export class ExportRepository extends Repository {
  findAccount(id: string) {
    return this.read((db) =>
      db.user.findUniqueOrThrow({
        where: { id },
        select: {
          id: true,
          email: true,
          name: true,
          role: true,
          tenant: true,
          emailVerifiedAt: true,
          createdAt: true,
          updatedAt: true,
        },
      }),
    );
  }

  async findSecondFactor(userId: string) {
    const totp = await this.read((db) =>
      db.totp.findUnique({ where: { userId }, select: { createdAt: true, confirmedAt: true } }),
    );
    const recoveryCodesLeft = await this.read((db) =>
      db.recoveryCode.count({ where: { userId, usedAt: null } }),
    );
    return totp && { ...totp, recoveryCodesLeft };
  }

  /** What is known of the picture; the picture itself is at its own address. */
  findPicture(userId: string) {
    return this.read((db) =>
      db.userPicture.findUnique({
        where: { userId },
        select: { type: true, bytes: true, sha256: true, createdAt: true },
      }),
    );
  }

  findSessions(userId: string, after: string | undefined) {
    return this.read((db) =>
      db.session.findMany({
        ...pageOf(userId, after),
        select: {
          id: true,
          createdAt: true,
          lastUsedAt: true,
          expiresAt: true,
          revokedAt: true,
          address: true,
          userAgent: true,
        },
      }),
    );
  }

  findLetters(userId: string, after: string | undefined) {
    return this.read((db) =>
      db.oneTimeToken.findMany({
        ...pageOf(userId, after),
        select: {
          id: true,
          purpose: true,
          email: true,
          createdAt: true,
          expiresAt: true,
          usedAt: true,
        },
      }),
    );
  }

  findPasskeys(userId: string, after: string | undefined) {
    return this.read((db) =>
      db.passkey.findMany({
        ...pageOf(userId, after),
        select: {
          id: true,
          name: true,
          credentialId: true,
          transports: true,
          isBackedUp: true,
          createdAt: true,
          lastUsedAt: true,
        },
      }),
    );
  }

  findApiKeys(userId: string, after: string | undefined) {
    return this.read((db) =>
      db.apiKey.findMany({
        ...pageOf(userId, after),
        select: {
          id: true,
          name: true,
          prefix: true,
          scopes: true,
          createdAt: true,
          expiresAt: true,
          lastUsedAt: true,
          revokedAt: true,
        },
      }),
    );
  }

  /** A handful: each is an account at a provider. */
  findIdentities(userId: string) {
    return this.read((db) =>
      db.identity.findMany({
        where: { userId },
        take: PAGE,
        select: { issuer: true, subject: true, createdAt: true },
      }),
    );
  }
}

function pageOf(userId: string, after: string | undefined) {
  return {
    where: { userId, ...(after !== undefined && { id: { gt: after } }) },
    orderBy: { id: 'asc' },
    take: PAGE,
  } as const;
}
