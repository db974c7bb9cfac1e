import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database/database';
import { Log } from '#platform/logging/log';
import { AuditKeys } from './audit-keys.js';
import { Checkpoints } from './checkpoints.js';
import { DatabaseChain } from './chain-source.js';
import { Verification, type Verdict } from './verification.js';

/** Verifies the chain for whoever asks, once at a time: who asks meanwhile gets the same verdict. */
@Injectable()
export class VerificationService {
  private running: Promise<Verdict> | undefined;

  constructor(
    private readonly database: Database,
    private readonly checkpoints: Checkpoints,
    private readonly keys: AuditKeys,
    private readonly log: Log,
  ) {}

  verify(): Promise<Verdict> {
    this.running ??= this.run().finally(() => (this.running = undefined));
    return this.running;
  }

  private async run(): Promise<Verdict> {
    const source = new DatabaseChain((text, values) => this.database.sql(text, values));
    // read first: the chain only grows, so it has all of them
    const checkpoints = await this.checkpoints.read();
    const verdict = await new Verification(source, checkpoints, this.keys).run();
    if (!verdict.valid) {
      const { firstBadSequence, reason } = verdict;
      this.log.security(
        { firstBadSequence: String(firstBadSequence), reason },
        'the audit trail was altered',
      );
    }
    return verdict;
  }
}
