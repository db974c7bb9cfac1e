import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database/database';
import type { AuditAction, FactArgument } from './audit.actions.js';
import { EventMaker } from './event-maker.js';
import { EventWriter } from './writer/event-writer.js';
import { Intake } from './writer/intake.js';

/** The two ways into the trail: with the transaction at hand, or by the writer. */
@Injectable()
export class Recorder {
  constructor(
    private readonly events: EventMaker,
    private readonly intake: Intake,
    private readonly writer: EventWriter,
    private readonly database: Database,
  ) {}

  async record<A extends AuditAction>(action: A, fact: FactArgument<A>[0]): Promise<void> {
    const event = this.events.make(action, fact);
    if (this.database.isInTransaction) await this.intake.add([event]);
    else await this.writer.keep(event);
  }
}
