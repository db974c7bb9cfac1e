import { Readable } from 'node:stream';
import { Injectable, StreamableFile } from '@nestjs/common';
import { AuditSearchService, cursorOf } from '#features/audit/audit-search.service';
import { AuditService } from '#features/audit/audit.service';
import { ExportRepository } from './export.repository.js';
import { jsonOf, pagesOf } from './json-stream.js';

/** Grows when a member changes its meaning or goes; not when one is added. */
const FORMAT = 1;

@Injectable()
export class ExportService {
  constructor(
    private readonly data: ExportRepository,
    private readonly audit: AuditService,
    private readonly trail: AuditSearchService,
  ) {}

  /**
   * Everything about the account as a JSON file that is read as it is sent: neither its length nor a
   * slow client costs memory or a connection. docs/personal-data.md describes it.
   */
  async export(userId: string): Promise<StreamableFile> {
    // before the first byte: what fails here is still answered with a problem
    const members = {
      format: FORMAT,
      exportedAt: new Date(),
      account: await this.data.findAccount(userId),
      secondFactor: await this.data.findSecondFactor(userId),
      picture: await this.data.findPicture(userId),
      identities: await this.data.findIdentities(userId),
    };
    await this.audit.record('data.exported', { subject: userId });
    const lists = {
      sessions: pagesOf((after) => this.data.findSessions(userId, after), idOf),
      letters: pagesOf((after) => this.data.findLetters(userId, after), idOf),
      passkeys: pagesOf((after) => this.data.findPasskeys(userId, after), idOf),
      apiKeys: pagesOf((after) => this.data.findApiKeys(userId, after), idOf),
      auditEntries: pagesOf((after) => this.trail.entriesAbout(userId, after), cursorOf),
    };
    return new StreamableFile(Readable.from(jsonOf(members, lists), { objectMode: false }), {
      type: 'application/json',
      disposition: `attachment; filename="personal-data-${userId}.json"`,
    });
  }
}

function idOf({ id }: { id: string }): string {
  return id;
}
