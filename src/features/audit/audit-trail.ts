import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Log } from '#platform/logging/log';
import { AuditKeys } from './chain/audit-keys.js';
import { Checkpoints } from './chain/checkpoints.js';
import { Sealer } from './chain/sealer.js';
import { EventWriter } from './writer/event-writer.js';

const LOOK_EVERY_MS = 3_000;

/** The life of the trail, from the start to the last checkpoint. */
@Injectable()
export class AuditTrail implements OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly writer: EventWriter,
    private readonly sealer: Sealer,
    private readonly checkpoints: Checkpoints,
    private readonly keys: AuditKeys,
    private readonly log: Log,
  ) {}

  /** Brings in what was left by a process that was killed. The database must be up to date. */
  async start(): Promise<void> {
    this.sayWhichKey();
    await this.writer.start();
    await this.sealer.seal();
    await this.checkpoints.start();
    this.timer ??= setInterval(() => {
      this.sealer.look();
      void this.writer.adopt();
    }, LOOK_EVERY_MS).unref();
  }

  /** Resolves when all that was recorded before is in the chain. Throws `DatabaseUnavailable`. */
  async settle(): Promise<void> {
    await this.writer.flush();
    await this.sealer.sealIfNeeded();
  }

  /** Not before the last request has ended, which is when this is called. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.writer.stop();
    if (!this.timer) return; // a process that has not come so far may have no chain
    await this.sealer.seal().catch(() => undefined); // what is pending is sealed by the next process
    await this.checkpoints.stop();
  }

  private sayWhichKey(): void {
    const { origin } = this.keys;
    if (origin === 'setting') return;
    const where =
      origin === 'file'
        ? 'audit/signing-key in DATA_DIR'
        : 'memory, since DATA_DIR cannot be written';
    this.log.warn(
      { where },
      'AUDIT_SIGNING_KEYS is unset: the audit trail is signed with a key of this installation',
    );
  }
}
