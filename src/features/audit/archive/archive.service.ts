import { Injectable } from '@nestjs/common';
import { Config } from '#platform/config/config';
import { Database } from '#platform/database/database';
import { AuditKeys } from '../chain/audit-keys.js';
import { EventMaker } from '../event-maker.js';
import { ArchiveDatabase } from './archive-database.js';
import { archiveStandingOf } from './archive-standing.js';
import { Archiver } from './archiver.js';

/** Archiving within the running service. */
@Injectable()
export class ArchiveService {
  constructor(
    private readonly database: Database,
    private readonly keys: AuditKeys,
    private readonly events: EventMaker,
    private readonly config: Config,
  ) {}

  /** Moves the entries from before that time to files. Returns how many. Throws `TrailAltered`. */
  async archive(before: Date): Promise<number> {
    const { database, keys, events, config } = this;
    const access = new ArchiveDatabase({
      query: (text, values) => database.sql(text, values),
      session: (work) => database.session(work),
    });
    const archiver = new Archiver(access, keys, events, await archiveStandingOf(config));
    return archiver.run({ before });
  }
}
