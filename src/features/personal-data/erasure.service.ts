import { Injectable } from '@nestjs/common';
import { AuditService } from '#features/audit/audit.service';
import { PicturesService } from '#features/pictures/pictures.service';
import { Database } from '#platform/database/database';
import { DatabaseUnavailable } from '#platform/errors/problems';
import { Log } from '#platform/logging/log';
import { ErasureRepository } from './erasure.repository.js';

const BATCH = 100;

@Injectable()
export class ErasureService {
  constructor(
    private readonly accounts: ErasureRepository,
    private readonly pictures: PicturesService,
    private readonly audit: AuditService,
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  /**
   * Erases every account whose grace is over, and returns how many. Each is one transaction, so that
   * a kill leaves it whole or gone; processes that do this at once share the work.
   */
  async eraseDue(now: Date): Promise<number> {
    let erased = 0;
    let ids = await this.accounts.findDue(now, undefined, BATCH);
    while (ids.length > 0) {
      for (const id of ids) if (await this.erase(id, now)) erased++;
      ids = await this.accounts.findDue(now, ids.at(-1), BATCH);
    }
    return erased;
  }

  private async erase(id: string, now: Date): Promise<boolean> {
    try {
      return await this.database.transaction(async () => {
        if (!(await this.accounts.anonymise(id, now))) return false;
        await this.accounts.deleteBelongings(id);
        await this.pictures.deleteFilesOf(id); // an account that is due misses none if this is undone
        await this.audit.record('user.erased', { subject: id });
        return true;
      });
    } catch (error) {
      if (error instanceof DatabaseUnavailable) throw error;
      this.log.error({ err: error, user: id }, 'an account cannot be erased'); // the others can
      return false;
    }
  }
}
