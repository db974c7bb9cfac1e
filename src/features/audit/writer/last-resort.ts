import { Injectable } from '@nestjs/common';
import { Config } from '#platform/config/config';
import { Log } from '#platform/logging/log';
import { AuditUnavailable } from '../audit.problems.js';
import type { PendingEvent } from '../chain/audit-event.js';
import { WriterFigures } from './figures.js';

const RETRY_AFTER_SECONDS = 5;

/** What becomes of an event that neither the database nor the journal takes: see AUDIT_WHEN_FULL. */
@Injectable()
export class LastResort {
  constructor(
    private readonly config: Config,
    private readonly log: Log,
    private readonly figures: WriterFigures,
  ) {}

  /** Leaves the event in the log. What its request is told: an error, or undefined to go on. */
  giveUp(event: PendingEvent, cause: unknown): Error | undefined {
    this.figures.dropped();
    this.log.error({ err: cause, event }, 'an audit event stands in the log only');
    return this.config.AUDIT_WHEN_FULL === 'refuse'
      ? new AuditUnavailable({ cause, retryAfterSeconds: RETRY_AFTER_SECONDS })
      : undefined;
  }
}
