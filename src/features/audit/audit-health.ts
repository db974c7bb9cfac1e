import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HealthParts, type HealthPart } from '#platform/telemetry/health-parts';
import { Metrics } from '#platform/telemetry/metrics';
import { runbook } from '#platform/telemetry/runbooks';
import { Checkpoints } from './chain/checkpoints.js';
import { Sealer } from './chain/sealer.js';
import { EventWriter } from './writer/event-writer.js';

/** What operators see of the trail. */
@Injectable()
export class AuditHealth implements OnModuleInit {
  constructor(
    private readonly writer: EventWriter,
    private readonly sealer: Sealer,
    private readonly checkpoints: Checkpoints,
    private readonly parts: HealthParts,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.parts.add('audit', () => this.look());
    this.metrics.gauge(
      'aerie_audit_journal_bytes',
      'What waits in the journal of the audit trail for the database',
      [],
      (gauge) => gauge.set(this.writer.status.journalBytes),
    );
    this.metrics.gauge(
      'aerie_audit_waiting_events',
      'Audit events that are neither in the database nor in the journal yet',
      [],
      (gauge) => gauge.set(this.writer.status.waiting),
    );
  }

  private look(): HealthPart {
    const { waiting, journalBytes, isJournalling, filesAside, isGivingUp, dropped } =
      this.writer.status;
    const { last: sealed } = this.sealer;
    const { last: checkpoint, trouble } = this.checkpoints;
    const isDegraded = isJournalling || filesAside > 0 || trouble !== undefined;
    return {
      status: isGivingUp ? 'unhealthy' : isDegraded ? 'degraded' : 'healthy',
      storage: isGivingUp ? 'none' : isJournalling ? 'journal' : 'database',
      waiting,
      journalBytes,
      filesAside,
      dropped,
      lastSealed: sealed && { sequence: String(sealed.sequence), at: sealed.at },
      lastCheckpoint: checkpoint && { sequence: String(checkpoint.sequence), at: checkpoint.time },
      ...(trouble && { trouble }),
      ...(filesAside > 0 && { runbook: runbook('audit-set-aside') }),
      ...(isGivingUp && { runbook: runbook('disk-full') }),
    };
  }
}
