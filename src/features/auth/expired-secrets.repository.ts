import { Injectable } from '@nestjs/common';
import { Repository } from '#platform/database/repository';

const DAY_MS = 24 * 3_600_000;
const SESSIONS_KEPT_MS = 90 * DAY_MS;

@Injectable()
export class ExpiredSecretsRepository extends Repository {
  /** Deletes what cannot be used any more and tells nobody anything; the audit trail keeps what happened. */
  async deleteAll(now: Date): Promise<number> {
    const dayAgo = new Date(now.getTime() - DAY_MS);
    const longAgo = new Date(now.getTime() - SESSIONS_KEPT_MS);
    const deleted = [
      await this.write((db) =>
        db.oneTimeToken.deleteMany({ where: { expiresAt: { lt: dayAgo } } }),
      ),
      await this.write((db) => db.ceremony.deleteMany({ where: { expiresAt: { lt: now } } })),
      await this.write((db) =>
        db.signInFailure.deleteMany({
          where: { lastFailedAt: { lt: dayAgo }, blockedUntil: { lt: now } },
        }),
      ),
      await this.write((db) => db.session.deleteMany({ where: { expiresAt: { lt: longAgo } } })),
    ];
    return deleted.reduce((sum, { count }) => sum + count, 0);
  }
}
