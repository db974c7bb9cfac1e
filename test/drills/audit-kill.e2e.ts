import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { CannotRun, Drill } from '../../drills/kit/drill.mjs';
import { PostgresServer } from '../../drills/kit/postgres-server.mjs';
import { ADMIN } from '../app.js';
import { scratchDatabase } from '../databases.js';

const SENDER = fileURLToPath(new URL('audit-sender.mjs', import.meta.url));
const isOnServer = process.env['TEST_ENGINE'] === 'postgresql';
const rounds = Number(process.env['AUDIT_KILL_ROUNDS'] ?? 3);
/** On a server two send at once, in one data directory. */
const SENDERS = isOnServer ? 2 : 1;

interface Report {
  readonly verdict: { valid: boolean; checked: number; reason?: string };
  readonly entries: { sequence: string; subject: string }[];
  readonly pending: number;
}

/** A process that records events until it is killed. */
class Sender {
  private readonly child;
  private output = '';
  private readonly closed: Promise<unknown>;

  constructor(environment: Record<string, string>, ...words: string[]) {
    this.child = spawn(process.execPath, [SENDER, ...words], {
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'test',
        ADMIN_PASSWORD: ADMIN.password,
        PASSWORD_HASH_MEMORY_KIB: '8192',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.child.stdout.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.closed = once(this.child, 'close');
  }

  async isSending(): Promise<void> {
    while (!this.output.includes('sending\n')) {
      if (this.child.exitCode !== null) throw new Error(`the sender ended:\n${this.output}`);
      await delay(20);
    }
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** What it said was kept, whole lines only. */
  async kill(): Promise<string[]> {
    this.child.kill('SIGKILL');
    await this.closed;
    return this.output
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.startsWith('kept '))
      .map((line) => line.slice('kept '.length));
  }

  async report(): Promise<Report> {
    await this.closed;
    return JSON.parse(this.output.trim().split('\n').at(-1)!) as Report;
  }
}

const drill = new Drill();
afterEach(() => drill.end());

it(`what was acknowledged is in the trail once, and the chain is whole, after ${rounds} rounds of SIGKILL at random`, async (test) => {
  let server: PostgresServer | undefined;
  const database = await scratchDatabase('embedded');
  drill.endWith(() => database.drop());
  const environment: Record<string, string> = { ...database.environment };
  if (isOnServer) {
    try {
      server = await PostgresServer.start(drill);
    } catch (error) {
      if (!(error instanceof CannotRun) || process.env['CI'] === 'true') throw error;
      process.stderr.write(`skipped: ${error.message}\n`);
      return test.skip(error.message);
    }
    await server.administer(['CREATE DATABASE trail']);
    environment['DATABASE_URL'] = server.url('trail').href;
  }

  const kept: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const senders = Array.from(
      { length: SENDERS },
      (_, n) => new Sender(environment, 'send', `${round}-${n}`),
    );
    await Promise.all(senders.map((sender) => sender.isSending()));
    await delay(randomInt(200, 1_500));
    // the server first, and its clients while they write to their journals; or only the clients
    const takesServer = server !== undefined && round % 2 === 0;
    if (takesServer) {
      await server!.crash();
      await delay(randomInt(100, 1_500));
      expect(senders.map(({ isAlive }) => isAlive)).toEqual(senders.map(() => true));
    }
    // one after the other: the one that is left goes on beside what the other left
    for (const sender of senders) {
      kept.push(...(await sender.kill()));
      await delay(randomInt(0, 300));
    }
    if (takesServer) await startAgain(server!);
  }

  const { verdict, entries, pending } = await new Sender(environment, 'report').report();
  const subjects = new Set(entries.map(({ subject }) => subject));
  const lost = kept.filter((subject) => !subjects.has(subject));
  process.stdout.write(
    `${rounds} rounds: ${kept.length} acknowledged, ${entries.length} recorded, ` +
      `${lost.length} lost, ${entries.length - subjects.size} doubled, ${verdict.checked} entries verified\n`,
  );
  expect(kept.length).toBeGreaterThan(0);
  expect(lost).toEqual([]);
  expect(subjects.size).toBe(entries.length);
  expect(verdict).toMatchObject({ valid: true });
  expect(pending).toBe(0);
}, 900_000);

/** What the killed server's children still hold keeps the next one from starting for a moment. */
async function startAgain(server: PostgresServer): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await server.start();
    } catch (error) {
      if (tries === 20) throw error;
      await delay(250);
    }
  }
}
