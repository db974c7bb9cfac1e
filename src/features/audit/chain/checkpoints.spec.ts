import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Config } from '#platform/config/config';
import type { Log } from '#platform/logging/log';
import { fake } from '../../../../test/fake.js';
import { AuditKeys } from './audit-keys.js';
import type { ChainRepository, Head } from './chain.repository.js';
import { CheckpointFiles } from './checkpoint-files.js';
import type { CheckpointPosts } from './checkpoint-posts.js';
import { proofOf, type Checkpoint } from './checkpoint.js';
import { Checkpoints } from './checkpoints.js';

const PROMISED_MS = 10_000;

let DATA_DIR: string;

beforeEach(() => {
  DATA_DIR = mkdtempSync(join(tmpdir(), 'aerie-checkpoints-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(DATA_DIR, { recursive: true, force: true });
});

const hashAt = (sequence: bigint) => String(sequence).padStart(64, '0');

function open(DATABASE_URL = 'embedded') {
  const config = fake<Config>({ DATA_DIR, DATABASE_URL });
  const keys = new AuditKeys(config);
  const head: { sequence: bigint } = { sequence: 0n };
  const chain = fake<ChainRepository>({
    findHead: async (): Promise<Head> => ({
      sequence: head.sequence,
      hash: hashAt(head.sequence),
      action: null,
    }),
    findHash: async (sequence) => (sequence <= head.sequence ? hashAt(sequence) : null),
    findArchivedTo: async () => 0n,
  });
  const post = vi.fn(async () => undefined);
  const error = vi.fn();
  const posts = fake<CheckpointPosts>({ post });
  const checkpoints = new Checkpoints(chain, keys, posts, fake<Log>({ error }), config);
  return { checkpoints, head, keys, post, error };
}

const folder = () => join(DATA_DIR, 'audit', 'checkpoints');
const fileNames = () => readdirSync(folder());

const checkpointAt = (n: number): Checkpoint => ({
  database: 'embedded',
  sequence: BigInt(n),
  hash: hashAt(BigInt(n)),
  time: new Date(n),
  signature: 'x',
});

describe('checkpoints', () => {
  it('are at most ten seconds behind a chain that grows, and none is made of one that does not', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    const { checkpoints, head, keys, post } = open();
    await checkpoints.start();
    for (let second = 1; second <= 60; second++) {
      head.sequence = BigInt(second);
      vi.advanceTimersByTime(1_000);
      await checkpoints.make(); // behind the one of the clock, if there was one
    }
    const made = await checkpoints.read();
    expect(made.at(-1)!.sequence).toBe(60n);
    for (const checkpoint of made) expect(proofOf(checkpoint, keys)).toBe('good');
    const count = post.mock.calls.length;
    vi.advanceTimersByTime(60_000);
    await checkpoints.make();
    expect(post).toHaveBeenCalledTimes(count);
    await checkpoints.stop();
  });

  it('are made by the clock alone', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const { checkpoints, head } = open();
    await checkpoints.start();
    head.sequence = 5n;
    vi.advanceTimersByTime(PROMISED_MS);
    await vi.waitFor(() => expect(checkpoints.last?.sequence).toBe(5n), 60_000);
    await checkpoints.stop();
  });

  it('are made at a stop', async () => {
    const { checkpoints, head } = open();
    await checkpoints.start();
    head.sequence = 7n;
    await checkpoints.stop();
    expect((await open().checkpoints.read()).map(({ sequence }) => sequence)).toEqual([7n]);
  });

  it('of two processes in one directory lie side by side', async () => {
    const [one, other] = [open(), open()];
    await Promise.all([one.checkpoints.start(), other.checkpoints.start()]);
    for (let n = 1n; n <= 20n; n++) {
      one.head.sequence = n;
      other.head.sequence = n;
      await Promise.all([one.checkpoints.make(), other.checkpoints.make()]);
    }
    expect(fileNames()).toHaveLength(2);
    expect(await one.checkpoints.read()).toHaveLength(40);
    await Promise.all([one.checkpoints.stop(), other.checkpoints.stop()]);
  });

  it('of another database are none of this chain', async () => {
    const { checkpoints, head } = open();
    head.sequence = 9n;
    await checkpoints.make();
    const other = open('postgres://aerie@db.internal:5432/aerie');
    expect(await other.checkpoints.read()).toEqual([]);
    other.head.sequence = 2n;
    await other.checkpoints.make();
    expect((await other.checkpoints.read()).map(({ database }) => database)).toEqual([
      'db.internal:5432/aerie',
    ]);
    expect(await checkpoints.read()).toHaveLength(1);
  });

  it('are not made of a chain that contradicts the last one', async () => {
    const { checkpoints, head, error, post } = open();
    head.sequence = 9n;
    await checkpoints.make();
    head.sequence = 3n;
    await checkpoints.make();
    expect(post).toHaveBeenCalledTimes(1);
    expect(error).toHaveBeenCalledTimes(1);
    expect(checkpoints.trouble).toContain('does not contain its checkpoint 9');
  });
});

describe('the files of checkpoints', () => {
  it('do not grow for ever: the older, the wider apart, the first and the newest kept', async () => {
    const files = new CheckpointFiles(DATA_DIR);
    await files.append(checkpointAt(1));
    const [name] = fileNames();
    const lines = Array.from({ length: 30_000 }, (_, n) => {
      const { time, sequence, ...rest } = checkpointAt(n + 2);
      return `${JSON.stringify({ ...rest, sequence: String(sequence), time })}\n`;
    });
    appendFileSync(join(folder(), name!), lines.join(''));
    // the file of a process that is gone
    renameSync(join(folder(), name!), join(folder(), '4194999-1-0a1b2c3d.checkpoints'));
    await files.adopt();
    const kept = (await files.read()).map(({ sequence }) => Number(sequence));
    expect(fileNames()).toHaveLength(1);
    expect(kept.length).toBeLessThanOrEqual(2_000);
    expect(kept[0]).toBe(1);
    expect(kept.slice(-500)).toEqual(Array.from({ length: 500 }, (_, n) => 29_502 + n));
    expect(kept).toEqual(kept.toSorted((a, b) => a - b));
  });

  it('stay within bounds while one process adds to its own', async () => {
    const files = new CheckpointFiles(DATA_DIR);
    for (let n = 1; n <= 2_100; n++) await files.append(checkpointAt(n));
    const text = readFileSync(join(folder(), fileNames()[0]!), 'utf8');
    expect(text.split('\n').filter(Boolean).length).toBeLessThanOrEqual(2_000);
    expect((await files.read()).at(-1)!.sequence).toBe(2_100n);
  });

  it('are read past a line that was cut off', async () => {
    const files = new CheckpointFiles(DATA_DIR);
    await files.append(checkpointAt(1));
    appendFileSync(join(folder(), fileNames()[0]!), '{"database":"embedded","sequence":"2');
    await files.append(checkpointAt(3));
    expect(await files.read()).toEqual([checkpointAt(1), checkpointAt(3)]);
  });
});
