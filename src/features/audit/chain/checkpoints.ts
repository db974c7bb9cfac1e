import { Injectable } from '@nestjs/common';
import { Config } from '#platform/config/config';
import { DatabaseUnavailable } from '#platform/errors/problems';
import { Log } from '#platform/logging/log';
import { AuditKeys } from './audit-keys.js';
import { ChainRepository } from './chain.repository.js';
import { CheckpointFiles } from './checkpoint-files.js';
import { CheckpointPosts } from './checkpoint-posts.js';
import { checkpointStatement, databaseOf, proofOf, type Checkpoint } from './checkpoint.js';

/** Behind the chain by less than the ten seconds that are promised. */
export const CHECKPOINT_EVERY_MS = 5_000;

/** Signs where the chain stands, every few seconds while it grows. */
@Injectable()
export class Checkpoints {
  last: Checkpoint | undefined;
  /** Why no checkpoint is made; healthy when undefined. */
  trouble: string | undefined;
  private readonly files: CheckpointFiles;
  private readonly database: string;
  private timer: NodeJS.Timeout | undefined;
  private making: Promise<void> = Promise.resolve();

  constructor(
    private readonly chain: ChainRepository,
    private readonly keys: AuditKeys,
    private readonly posts: CheckpointPosts,
    private readonly log: Log,
    config: Config,
  ) {
    this.files = new CheckpointFiles(config.DATA_DIR);
    this.database = databaseOf(config);
  }

  /** Looks at what was signed before, then makes one every few seconds. */
  async start(): Promise<void> {
    await this.files.adopt().catch((error: unknown) => this.complain(error));
    this.last ??= (await this.read()).findLast(
      (checkpoint) => proofOf(checkpoint, this.keys) === 'good',
    );
    this.timer ??= setInterval(() => void this.make(), CHECKPOINT_EVERY_MS).unref();
  }

  /** Those of this database, by sequence. */
  async read(): Promise<Checkpoint[]> {
    return (await this.files.read()).filter(({ database }) => database === this.database);
  }

  /** Makes the last one. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.make();
  }

  /** Makes one if the chain has grown; one at a time. Never throws: what fails is tried at the next turn. */
  make(): Promise<void> {
    this.making = this.making
      .then(() => this.makeIfGrown())
      .catch((error: unknown) => {
        if (!(error instanceof DatabaseUnavailable)) this.complain(error);
      });
    return this.making;
  }

  private async makeIfGrown(): Promise<void> {
    const { sequence, hash } = await this.chain.findHead();
    const { last } = this;
    if (sequence === 0n && !last) return;
    if (last && sequence === last.sequence && hash === last.hash) return;
    if (last && !(await this.continues(last))) {
      // to sign it would vouch for a chain that contradicts what was vouched for before
      this.complain(new Error(`the audit trail does not contain its checkpoint ${last.sequence}`));
      return;
    }
    const statement = { database: this.database, sequence, hash, time: new Date() };
    const checkpoint = { ...statement, signature: this.keys.sign(checkpointStatement(statement)) };
    await this.files.append(checkpoint);
    this.last = checkpoint;
    this.trouble = undefined;
    await this.posts.post(checkpoint);
  }

  private async continues(last: Checkpoint): Promise<boolean> {
    const hash = await this.chain.findHash(last.sequence);
    if (hash !== null) return hash === last.hash;
    return last.sequence <= (await this.chain.findArchivedTo());
  }

  private complain(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (message !== this.trouble)
      this.log.error({ err: error }, 'no checkpoint of the audit trail is made');
    this.trouble = message;
  }
}
