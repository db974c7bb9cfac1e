import { Readable } from 'node:stream';
import { Injectable, StreamableFile } from '@nestjs/common';
import { Log } from '#platform/logging/log';
import { currentRequest, runInContext } from '#platform/telemetry/request-context';
import {
  AuditSearchRepository,
  type AuditFilter,
  type RecordedEntry,
} from './audit-search.repository.js';
import { describe } from './audit-search.service.js';
import { AuditEntryView, type AuditExportQuery } from './audit.dto.js';
import { AuditService } from './audit.service.js';
import { AuditTrail } from './audit-trail.js';
import { csvLine } from './csv.js';

const PAGE = 500;

type Format = AuditExportQuery['format'];

const COLUMNS = [
  'sequence',
  'time',
  'action',
  'severity',
  'actor',
  'subject',
  'requestId',
  'address',
  'userAgent',
  'metadata',
  'hash',
] as const satisfies (keyof AuditEntryView)[];

const WRITERS: Record<
  Format,
  { type: string; head: string; line: (entry: AuditEntryView) => string }
> = {
  ndjson: {
    type: 'application/x-ndjson',
    head: '',
    line: (entry) => `${JSON.stringify(entry)}\n`,
  },
  csv: {
    type: 'text/csv; charset=utf-8; header=present',
    head: csvLine(COLUMNS),
    line: (entry) => csvLine(COLUMNS.map((column) => textOf(entry[column]))),
  },
};

/** Gives the trail away as a file, and records that it did. */
@Injectable()
export class AuditExportService {
  constructor(
    private readonly entries: AuditSearchRepository,
    private readonly audit: AuditService,
    private readonly trail: AuditTrail,
    private readonly log: Log,
  ) {}

  /**
   * The entries that there are by now, the oldest first. Read a page at a time as the client takes
   * them: neither the length nor a slow client costs memory or a connection, and a client that leaves
   * ends it. What breaks on the way cuts the connection, so that no half is taken for the whole.
   */
  async export({ format, ...filter }: AuditExportQuery): Promise<StreamableFile> {
    // before the first byte: what fails here is still answered with a problem
    await this.trail.settle();
    const upTo = await this.entries.findLast();
    await this.audit.record('audit.export_started', {
      metadata: { format, ...describe(filter) },
    });
    const { type } = WRITERS[format];
    return new StreamableFile(
      Readable.from(this.recorded(format, this.pages(filter, upTo)), { objectMode: false }),
      { type, disposition: `attachment; filename="audit.${format}"` },
    );
  }

  private async *pages(filter: AuditFilter, upTo: bigint): AsyncGenerator<RecordedEntry[]> {
    const bounds = { upTo, limit: PAGE };
    let page = await this.entries.findOldest(filter, undefined, bounds);
    while (page.length > 0) {
      yield page;
      if (page.length < PAGE) return;
      page = await this.entries.findOldest(filter, page.at(-1), bounds);
    }
  }

  /** The text of the file; how much of it was taken is recorded before the end of it is sent. */
  private async *recorded(
    format: Format,
    pages: AsyncIterable<RecordedEntry[]>,
  ): AsyncGenerator<string> {
    const { head, line } = WRITERS[format];
    const request = currentRequest(); // the stream is read outside of it
    let entries = 0;
    let isWhole = false;
    try {
      if (head) yield head;
      for await (const page of pages) {
        yield page.map((entry) => line(AuditEntryView.of(entry))).join('');
        entries += page.length;
      }
      isWhole = true;
    } catch (error) {
      this.log.error({ err: error, entries }, 'an export of the audit trail broke off');
      throw error;
    } finally {
      const record = () =>
        this.audit.record('audit.exported', { metadata: { format, entries, isWhole } });
      await (request ? runInContext(request, record) : record());
    }
  }
}

function textOf(value: AuditEntryView[keyof AuditEntryView]): string | null {
  if (value === null || typeof value === 'string') return value;
  return value instanceof Date ? value.toISOString() : JSON.stringify(value);
}
