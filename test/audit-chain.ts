import { AuditService } from '#features/audit/audit.service';
import { DatabaseChain } from '#features/audit/chain/chain-source';
import { Checkpoints } from '#features/audit/chain/checkpoints';
import { GENESIS, hashOf, type ChainEntry } from '#features/audit/chain/entry-hash';
import { startApp, type TestApp } from './app.js';

export interface AuditVerdict {
  readonly valid: boolean;
  readonly checked: number;
  readonly firstBadSequence?: string;
  readonly reason?: string;
}

/** A running application with a trail to look at and to tamper with, as the owner of the database may. */
export class AuditChain implements AsyncDisposable {
  private constructor(
    readonly test: TestApp,
    private readonly token: string,
  ) {}

  static async start(environment: Record<string, string> = {}): Promise<AuditChain> {
    return AuditChain.over(await startApp(environment));
  }

  static async over(test: TestApp): Promise<AuditChain> {
    const { accessToken } = await test.logInAdmin();
    await test.app.get(AuditService).verify(); // with the sign-in sealed
    return new AuditChain(test, accessToken);
  }

  /** Records so many events and has them sealed. */
  async record(count: number): Promise<void> {
    const audit = this.test.app.get(AuditService);
    for (let n = 0; n < count; n++) {
      await audit.record('auth.sessions_ended', {
        subject: `subject ${n}`,
        metadata: { sessions: n },
      });
    }
    await audit.verify();
  }

  sign(): Promise<void> {
    return this.test.app.get(Checkpoints).make();
  }

  async verify(): Promise<AuditVerdict> {
    const { body } = await this.test.api.get<AuditVerdict>('/v1/audit/verify', {
      token: this.token,
    });
    return body;
  }

  async sql<Row extends object = Record<string, unknown>>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    return (await this.test.engine.pool.query<Row>(text, [...values])).rows;
  }

  entries(): Promise<ChainEntry[]> {
    return new DatabaseChain((text, values) => this.sql(text, values)).readEntries(0n, 100_000);
  }

  /** Runs the statements with the triggers out of the way. */
  async tamper(...statements: string[]): Promise<void> {
    await this.sql('ALTER TABLE audit_logs DISABLE TRIGGER USER');
    for (const statement of statements) await this.sql(statement);
  }

  /** Gives every entry from the sequence on the hash that it should have, as who knows the form can. */
  async recomputeFrom(first: number): Promise<void> {
    let previous = GENESIS.hash;
    for (const entry of await this.entries()) {
      if (entry.sequence < BigInt(first)) {
        previous = entry.hash;
        continue;
      }
      previous = hashOf(entry, entry.sequence, previous);
      await this.sql('UPDATE audit_logs SET hash = $1 WHERE sequence = $2', [
        previous,
        String(entry.sequence),
      ]);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.test[Symbol.asyncDispose]();
  }
}
