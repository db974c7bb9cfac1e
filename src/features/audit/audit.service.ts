import { Injectable } from '@nestjs/common';
import type { AuditAction, FactArgument } from './audit.actions.js';
import { AuditVerdict } from './audit.dto.js';
import { AuditTrail } from './audit-trail.js';
import { VerificationService } from './chain/verification.service.js';
import { Recorder } from './recorder.js';

export type { AuditAction, AuditFact } from './audit.actions.js';

@Injectable()
export class AuditService {
  constructor(
    private readonly recorder: Recorder,
    private readonly trail: AuditTrail,
    private readonly verification: VerificationService,
  ) {}

  /**
   * Records a fact: within a transaction it is committed with it or not at all; without one it is on
   * disk when this returns, whether the database is there or not. Throws `AuditUnavailable` when it
   * can be kept nowhere.
   */
  record<A extends AuditAction>(action: A, ...[fact]: FactArgument<A>): Promise<void> {
    return this.recorder.record(action, fact);
  }

  /** Goes through all of the trail and every signed checkpoint. */
  async verify(): Promise<AuditVerdict> {
    await this.trail.settle();
    return AuditVerdict.of(await this.verification.verify());
  }
}
