import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { archiveStatement } from '#features/audit/chain/archive-statement';
import { AuditKeys } from '#features/audit/chain/audit-keys';
import { Checkpoints } from '#features/audit/chain/checkpoints';
import { DatabaseChain } from '#features/audit/chain/chain-source';
import { ArchiveDatabase } from '#features/audit/archive/archive-database';
import { sha256Of } from '#features/audit/archive/archive-file';
import { readManifest, textOf } from '#features/audit/archive/archive-manifest';
import { archiveStandingOf } from '#features/audit/archive/archive-standing';
import { ArchiveService } from '#features/audit/archive/archive.service';
import { verifyArchive } from '#features/audit/archive/archive-verification';
import { Archiver, type Step } from '#features/audit/archive/archiver';
import { Retention } from '#features/audit/archive/retention';
import { EventMaker } from '#features/audit/event-maker';
import { Config } from '#platform/config/config';
import { Database } from '#platform/database/database';
import { AuditChain } from '../audit-chain.js';

const DAY_MS = 86_400_000;
const manifestOf = (file: string) => file.replace('.ndjson.gz', '.json');

const edit = (lines: string[]) =>
  lines.map((line, n) => (n === 4 ? line.replace('"subject":"', '"subject":"not ') : line));

const later = () => new Date(Date.now() + 60_000);

/** A trail of some length, and its archives. */
class Archives {
  private constructor(readonly chain: AuditChain) {}

  static async start(environment: Record<string, string> = {}): Promise<Archives> {
    const archives = new Archives(await AuditChain.start(environment));
    await archives.chain.record(20);
    await archives.chain.sign();
    return archives;
  }

  get app() {
    return this.chain.test.app;
  }

  get directory(): string {
    return join(this.app.get(Config).DATA_DIR, 'audit', 'archives');
  }

  /** Of the files, the oldest entries first. */
  get files(): string[] {
    if (!existsSync(this.directory)) return [];
    const names = readdirSync(this.directory).filter((name) => name.endsWith('.ndjson.gz'));
    return names
      .toSorted((one, other) => Number(one.split('-')[1]) - Number(other.split('-')[1]))
      .map((name) => join(this.directory, name));
  }

  archive(before = later()): Promise<number> {
    return this.app.get(ArchiveService).archive(before);
  }

  async prove(file: string, keys = this.app.get(AuditKeys)) {
    const chain = new DatabaseChain((text, values) => this.chain.sql(text, values));
    return verifyArchive(file, keys, {
      archives: await chain.readArchives(),
      checkpoints: await this.app.get(Checkpoints).read(),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.chain[Symbol.asyncDispose]();
  }
}

describe('archiving the audit trail', () => {
  it('moves old entries to a signed file and leaves a trail that holds', async () => {
    await using archives = await Archives.start();
    const { chain } = archives;
    const before = await chain.entries();
    expect(await archives.archive()).toBe(before.length);

    const [file] = archives.files;
    expect(await archives.prove(file!)).toMatchObject({
      sequenceFrom: 1n,
      sequenceTo: before.at(-1)!.sequence,
      lastHash: before.at(-1)!.hash,
    });
    const lines = gunzipSync(readFileSync(file!)).toString().trimEnd().split('\n');
    const first = JSON.parse(lines[0]!) as object;
    expect(lines).toHaveLength(before.length);
    expect(first).toEqual({
      ...before[0],
      sequence: '1',
      time: before[0]!.time.toISOString(),
    });

    await chain.record(5);
    await chain.sign();
    const after = await chain.entries();
    expect(after[0]).toMatchObject({
      sequence: before.at(-1)!.sequence + 1n,
      action: 'audit.archived',
      metadata: { sequenceFrom: '1', sequenceTo: String(before.length) },
    });
    expect(await chain.verify()).toEqual({ valid: true, checked: after.length });

    expect(await archives.archive()).toBe(after.length);
    expect(archives.files).toHaveLength(2);
    for (const each of archives.files) await archives.prove(each);
    await chain.record(1);
    expect((await chain.verify()).valid).toBe(true);
  });

  it('leaves what is newer, and does nothing twice', async () => {
    await using archives = await Archives.start();
    const { length } = await archives.chain.entries();
    expect(await archives.archive(new Date(Date.now() - DAY_MS))).toBe(0);
    expect(archives.files).toEqual([]);
    const [, , third] = await archives.chain.entries();
    expect(await archives.archive(third!.time)).toBeLessThanOrEqual(2);
    expect((await archives.chain.entries()).length).toBeGreaterThanOrEqual(length - 2);
    expect((await archives.chain.verify()).valid).toBe(true);
    await archives.archive();
    expect(await archives.archive(new Date(0))).toBe(0);
  });

  it.each(['written', 'named', 'recorded', 'removed', 'committed'] satisfies Step[])(
    'that ends behind the step "%s" loses nothing, and the next run finishes it',
    async (last) => {
      await using archives = await Archives.start();
      const { app, chain } = archives;
      const before = await chain.entries();
      const database = app.get(Database);
      const archiver = new Archiver(
        new ArchiveDatabase({
          query: (text, values) => database.sql(text, values),
          session: (work) => database.session(work),
        }),
        app.get(AuditKeys),
        app.get(EventMaker),
        await archiveStandingOf(app.get(Config)),
      );
      const onStep = (step: Step) => {
        if (step === last) throw new Error('the end');
      };
      await expect(archiver.run({ before: later(), onStep })).rejects.toThrow('the end');
      const isDone = last === 'committed';
      if (isDone) await archives.prove(archives.files[0]!);
      else expect(await chain.entries()).toEqual(before);
      expect((await chain.verify()).valid).toBe(true);

      expect(await archives.archive()).toBe(isDone ? 1 : before.length);
      for (const file of archives.files) await archives.prove(file);
      expect((await chain.verify()).valid).toBe(true);
    },
  );

  it('by several at once moves each entry once', async () => {
    await using archives = await Archives.start();
    const { length } = await archives.chain.entries();
    const runs = await Promise.allSettled([archives.archive(), archives.archive()]);
    expect(runs.some(({ status }) => status === 'fulfilled')).toBe(true);
    const [row] = await archives.chain.sql<{ count: string }>(
      'SELECT sum(sequence_to - sequence_from + 1)::text AS count FROM audit_archives',
    );
    expect(Number(row!.count)).toBeGreaterThanOrEqual(length);
    expect((await archives.chain.verify()).valid).toBe(true);
  });

  it.each([
    ['was edited', `UPDATE audit_logs SET actor = 'somebody else' WHERE sequence = 7`],
    ['was deleted', 'DELETE FROM audit_logs WHERE sequence = 7'],
  ])('does not happen when an entry %s', async (_how, statement) => {
    await using archives = await Archives.start();
    await archives.chain.tamper(statement);
    const { length } = await archives.chain.entries();
    await expect(archives.archive()).rejects.toThrow(/entry 7 is/);
    expect(await archives.chain.entries()).toHaveLength(length);
    expect(archives.files).toEqual([]);
  });

  it('does not happen when the chain is not the one that was signed', async () => {
    await using archives = await Archives.start();
    await archives.chain.tamper(`UPDATE audit_logs SET actor = 'other' WHERE sequence = 2`);
    await archives.chain.recomputeFrom(1);
    await expect(archives.archive()).rejects.toThrow('not the one that was signed');
    expect(archives.files).toEqual([]);
  });

  it('is done by the service itself when there is a retention, and never otherwise', async () => {
    await using kept = await Archives.start();
    await kept.app.get(Retention).run(new Date(Date.now() + 1_000 * DAY_MS));
    expect(kept.files).toEqual([]);
    const schedules = 'SELECT name FROM pgboss.schedule ORDER BY name';
    const names = async (chain: AuditChain) =>
      (await chain.sql<{ name: string }>(schedules)).map(({ name }) => name);
    expect(await names(kept.chain)).not.toContain('archive-audit-trail');

    await using archived = await Archives.start({ AUDIT_RETENTION_DAYS: '30' });
    expect(await names(archived.chain)).toContain('archive-audit-trail');
    await archived.app.get(Retention).run();
    expect(archived.files).toEqual([]);
    await archived.app.get(Retention).run(new Date(Date.now() + 31 * DAY_MS));
    await archived.prove(archived.files[0]!);
  });
});

/** Changes the lines, and the digest in the manifest with them. */
async function rewrite(file: string, change: (lines: string[]) => string[], sign?: AuditKeys) {
  const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
  writeFileSync(file, gzipSync(`${change(lines).join('\n')}\n`));
  const manifest = readManifest(readFileSync(manifestOf(file), 'utf8'));
  const changed = { ...manifest, fileSha256: await sha256Of(file) };
  const signature = sign ? sign.sign(archiveStatement(changed)) : manifest.signature;
  writeFileSync(manifestOf(file), textOf({ ...changed, signature }));
}

describe('an archive', () => {
  it.each<[string, (file: string, keys: AuditKeys) => Promise<void> | void, RegExp]>([
    [
      'a byte of which is missing',
      (file) => writeFileSync(file, readFileSync(file).subarray(0, -1)),
      /not the one that was signed/,
    ],
    [
      'that was edited',
      async (file) => {
        const manifest = readFileSync(manifestOf(file));
        await rewrite(file, edit);
        writeFileSync(manifestOf(file), manifest);
      },
      /not the one that was signed/,
    ],
    ['that was edited with its manifest', (file) => rewrite(file, edit), /manifest was altered/],
    [
      'that was cut with its manifest',
      (file) => rewrite(file, (lines) => lines.slice(0, 9)),
      /manifest was altered/,
    ],
    [
      'whose manifest says another range',
      (file) => {
        const text = readFileSync(manifestOf(file), 'utf8');
        writeFileSync(manifestOf(file), text.replace('"sequenceFrom": "1"', '"sequenceFrom": "2"'));
      },
      /manifest was altered/,
    ],
    ['whose manifest is none', (file) => writeFileSync(manifestOf(file), '{}'), /cannot be read/],
    [
      'signed by another key',
      (file) => {
        const { privateKey } = generateKeyPairSync('ed25519');
        const key = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
        return rewrite(
          file,
          edit,
          new AuditKeys({ AUDIT_SIGNING_KEYS: [key] } as unknown as Config),
        );
      },
      /key that is not among/,
    ],
    [
      'edited and signed by our key',
      (file, keys) => rewrite(file, edit, keys),
      /entry 5 is not what was recorded/,
    ],
    [
      'cut and signed by our key',
      (file, keys) => rewrite(file, (lines) => lines.slice(0, 9), keys),
      /ends at entry 9/,
    ],
  ])('%s is refused', async (_name, tamper, reason) => {
    await using archives = await Archives.start();
    await archives.archive();
    const [file] = archives.files;
    await archives.prove(file!);
    await tamper(file!, archives.app.get(AuditKeys));
    await expect(archives.prove(file!)).rejects.toThrow(reason);
  });

  it('that the database knows nothing of is refused', async () => {
    await using archives = await Archives.start();
    await archives.archive();
    await archives.chain.sql('ALTER TABLE audit_archives DISABLE TRIGGER USER');
    await archives.chain.sql('DELETE FROM audit_archives');
    await expect(archives.prove(archives.files[0]!)).rejects.toThrow('no record of it');
  });
});
