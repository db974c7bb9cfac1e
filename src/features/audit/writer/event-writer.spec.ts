import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter, once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Config } from '#platform/config/config';
import { DatabaseUnavailable } from '#platform/errors/problems';
import type { Log } from '#platform/logging/log';
import { Metrics } from '#platform/telemetry/metrics';
import { pendingEvent } from '../../../../test/audit-events.js';
import { fake } from '../../../../test/fake.js';
import { AuditUnavailable } from '../audit.problems.js';
import type { PendingEvent } from '../chain/audit-event.js';
import { AuditKeys } from '../chain/audit-keys.js';
import { EventMaker } from '../event-maker.js';
import '../trail.actions.js';
import { EventWriter } from './event-writer.js';
import { WriterFigures } from './figures.js';
import { Inserter } from './inserter.js';
import type { Intake } from './intake.js';
import { JournalReplay } from './journal-replay.js';
import { Journal } from './journal.js';
import { LastResort } from './last-resort.js';

let DATA_DIR: string;

beforeEach(() => {
  DATA_DIR = mkdtempSync(join(tmpdir(), 'aerie-writer-'));
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((writer) => writer.stop()));
  rmSync(DATA_DIR, { recursive: true, force: true });
});

/** One that owes an entry to the trail goes on trying until it is stopped. */
const opened: EventWriter[] = [];

/** A database that keeps each event once, and what it was given in which statement. */
class FakeDatabase {
  readonly batches: number[] = [];
  readonly events: PendingEvent[] = [];
  isAway = false;
  hasNoTable = false;
  refuses: PendingEvent | undefined;
  /** Each statement waits for it. */
  gate: Promise<void> = Promise.resolve();

  async add(events: readonly PendingEvent[]): Promise<void> {
    await this.gate;
    if (this.isAway) throw new DatabaseUnavailable();
    if (this.hasNoTable) throw Object.assign(new Error('no such table'), { code: '42P01' });
    if (this.refuses && events.some(({ eventId }) => eventId === this.refuses?.eventId)) {
      throw Object.assign(new Error('refused'), { code: '22P05' });
    }
    this.batches.push(events.length);
    const known = new Set(this.events.map(({ eventId }) => eventId));
    this.events.push(...events.filter(({ eventId }) => !known.has(eventId)));
  }
}

function open(whenFull: 'refuse' | 'continue' = 'refuse') {
  const config = fake<Config>({ DATA_DIR, AUDIT_JOURNAL_MAX_MB: 16, AUDIT_WHEN_FULL: whenFull });
  const database = new FakeDatabase();
  const error = vi.fn();
  const log = fake<Log>({ error, warn: vi.fn() });
  const figures = new WriterFigures(new Metrics());
  const journal = new Journal(config);
  const inserter = new Inserter(
    fake<Intake>({ add: (events) => database.add(events) }),
    journal,
    figures,
    log,
  );
  const events = new EventMaker(new AuditKeys(config));
  const replay = new JournalReplay(journal, inserter, events, log);
  const lastResort = new LastResort(inserter, journal, events, config, log, figures);
  const writer = new EventWriter(inserter, journal, replay, lastResort, figures);
  opened.push(writer);
  return { writer, database, journal, inserter, error };
}

const numbers = (events: readonly PendingEvent[]) =>
  events.map(({ subject }) => Number(subject?.slice('number '.length)));

const inJournal = (name: string) => join(DATA_DIR, 'audit', 'journal', name);

const journalNames = () => readdirSync(join(DATA_DIR, 'audit', 'journal'));

/** A promise, and how to resolve it. */
function gate() {
  const opening = new EventEmitter();
  return {
    promise: once(opening, 'open').then(() => undefined),
    resolve: () => opening.emit('open'),
  };
}

/** Puts something in the way of the journal, as a full disk is. */
function blockJournal(): void {
  mkdirSync(join(DATA_DIR, 'audit'), { recursive: true });
  writeFileSync(join(DATA_DIR, 'audit', 'journal'), '');
}

describe('the writer', () => {
  it('writes in one statement what came in while the last one was under way', async () => {
    const { writer, database } = open();
    await writer.start();
    const { promise, resolve } = gate();
    database.gate = promise;
    const first = writer.keep(pendingEvent(0));
    await vi.waitFor(() => expect(writer.status.waiting).toBe(1), 60_000);
    await Promise.resolve();
    const others = Array.from({ length: 300 }, (_, n) => writer.keep(pendingEvent(n + 1)));
    resolve();
    await Promise.all([first, ...others]);
    expect(database.events).toHaveLength(301);
    expect(database.batches.length).toBeLessThanOrEqual(2);
  });

  it('acknowledges nothing before it is kept', async () => {
    const { writer, database } = open();
    await writer.start();
    const { promise, resolve } = gate();
    database.gate = promise;
    let isKept = false;
    const keeping = writer.keep(pendingEvent(1)).then(() => (isKept = true));
    await new Promise((soon) => setTimeout(soon, 50));
    expect(isKept).toBe(false);
    resolve();
    await keeping;
    expect(database.events).toHaveLength(1);
  });

  it('keeps in the journal what comes before the tables are there', async () => {
    const { writer, database, journal } = open();
    await writer.keep(pendingEvent(1));
    expect(database.events).toEqual([]);
    expect(journal.isEmpty).toBe(false);
    await writer.start();
    expect(numbers(database.events)).toEqual([1]);
  });

  it('spills to the journal while the database is away, and brings all back in order', async () => {
    const { writer, database } = open();
    await writer.start();
    await writer.keep(pendingEvent(0));
    database.isAway = true;
    for (let n = 1; n <= 5; n++) await writer.keep(pendingEvent(n));
    writer.offer(pendingEvent(6));
    await writer.flush();
    expect(writer.status).toMatchObject({ isJournalling: true, waiting: 0, dropped: 0 });
    expect(numbers(database.events)).toEqual([0]);
    database.isAway = false;
    await writer.keep(pendingEvent(7)); // behind those, however soon it comes
    await vi.waitFor(() => expect(writer.status.isJournalling).toBe(false), 10_000);
    await writer.keep(pendingEvent(8));
    expect(numbers(database.events)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('keeps once what the database had taken when its answer was lost', async () => {
    const { writer, database } = open();
    await writer.start();
    const add = database.add.bind(database);
    database.add = async (events) => {
      await add(events);
      throw new DatabaseUnavailable();
    };
    await writer.keep(pendingEvent(1));
    database.add = add;
    await vi.waitFor(() => expect(writer.status.isJournalling).toBe(false), 10_000);
    expect(numbers(database.events)).toEqual([1]);
  });

  it('brings in what a process left that was killed after the insert and before the journal was removed', async () => {
    const killed = open();
    const events = [1, 2, 3].map(pendingEvent);
    await killed.journal.append(events);
    const [name] = journalNames();
    await killed.journal.close();
    renameSync(inJournal(name!), inJournal('4194999-1-0a1b2c3d-000000.journal'));

    const next = open();
    await next.database.add(events.slice(0, 2));
    await next.writer.start();
    expect(numbers(next.database.events)).toEqual([1, 2, 3]);
    expect(journalNames()).toEqual([]);
  });

  it('sets aside the one that the database refuses, and keeps the others', async () => {
    const { writer, database, error } = open();
    await writer.start();
    const events = [1, 2, 3].map(pendingEvent);
    database.refuses = events[1];
    await Promise.all(events.map((event) => writer.keep(event)));
    expect(numbers(database.events)).toEqual([1, 3]);
    expect(journalNames()).toEqual(['refused.aside']);
    expect(writer.status.filesAside).toBe(1);
    expect(error).toHaveBeenCalledTimes(1);
  });

  it('takes what was set aside when a human says so, as the runbook has it', async () => {
    const { writer, database } = open();
    await writer.start();
    database.refuses = pendingEvent(1);
    await writer.keep(database.refuses);
    database.refuses = undefined;
    renameSync(inJournal('refused.aside'), inJournal('0-0-refused.journal'));
    await writer.adopt();
    await writer.flush();
    expect(numbers(database.events)).toEqual([1]);
    expect(writer.status.filesAside).toBe(0);
  });

  it('keeps in the journal, and not aside, what is refused for another reason than its values', async () => {
    const { writer, database, inserter } = open();
    await writer.start();
    database.hasNoTable = true;
    await writer.keep(pendingEvent(1));
    expect(writer.status).toMatchObject({ isJournalling: true, filesAside: 0 });
    database.hasNoTable = false;
    inserter.tryNow();
    await writer.keep(pendingEvent(2));
    expect(numbers(database.events)).toEqual([1, 2]);
  });

  it('refuses when neither the database nor the journal takes it, and says so', async () => {
    const { writer, database, error } = open('refuse');
    await writer.start();
    database.isAway = true;
    blockJournal();
    await expect(writer.keep(pendingEvent(1))).rejects.toThrow(AuditUnavailable);
    expect(writer.status).toMatchObject({ isGivingUp: true, dropped: 1, waiting: 0 });
    expect(error).toHaveBeenCalledWith(
      expect.objectContaining({
        event: expect.objectContaining({ subject: 'number 1' }) as object,
      }),
      'an audit event stands in the log only',
    );
    rmSync(join(DATA_DIR, 'audit', 'journal'));
    await writer.keep(pendingEvent(2));
    await vi.waitFor(() => expect(writer.status.isGivingUp).toBe(false), 60_000);
    expect(writer.status.dropped).toBe(1);
  });

  it('has the trail say how many events it misses, once the database is back, though nobody asks', async () => {
    const { writer, database } = open('refuse');
    await writer.start();
    database.isAway = true;
    blockJournal();
    await Promise.allSettled([writer.keep(pendingEvent(1)), writer.keep(pendingEvent(2))]);
    expect(writer.status).toMatchObject({ isGivingUp: true, dropped: 2 });
    database.isAway = false;
    await vi.waitFor(() => expect(writer.status.isGivingUp).toBe(false), 60_000);
    const [entry, ...others] = database.events;
    expect(entry).toMatchObject({ action: 'audit.dropped', metadata: { events: 2 } });
    expect(others).toEqual([]);
  });

  it('has the trail say so at a stop, too', async () => {
    const { writer, database } = open('refuse');
    await writer.start();
    database.isAway = true;
    blockJournal();
    await expect(writer.keep(pendingEvent(1))).rejects.toThrow(AuditUnavailable);
    database.isAway = false;
    await writer.stop();
    expect(database.events).toMatchObject([{ action: 'audit.dropped', metadata: { events: 1 } }]);
  });

  it('goes on unaudited in that case where that is wanted', async () => {
    const { writer, database, error } = open('continue');
    await writer.start();
    database.isAway = true;
    blockJournal();
    await writer.keep(pendingEvent(1));
    expect(writer.status).toMatchObject({ isGivingUp: true, dropped: 1 });
    expect(error).toHaveBeenCalled();
  });

  it('takes the journal to help when the database takes too long, and gives up at a bound', async () => {
    const { writer, database } = open();
    await writer.start();
    const { promise, resolve } = gate();
    database.gate = promise;
    const kept: Promise<void>[] = [];
    for (let n = 0; n < 6_000; n++) kept.push(writer.keep(pendingEvent(n)));
    await vi.waitFor(() => expect(writer.status.isJournalling).toBe(true), 10_000);
    for (let n = 6_000; n < 60_000; n++) kept.push(writer.keep(pendingEvent(n)));
    const settled = Promise.allSettled(kept);
    expect(writer.status.isGivingUp).toBe(true);
    expect(writer.status.waiting).toBeLessThanOrEqual(20_000);
    resolve();
    const refused = (await settled).filter(({ status }) => status === 'rejected').length;
    await vi.waitFor(() => expect(writer.status.isJournalling).toBe(false), 60_000);
    expect(refused).toBeGreaterThan(0);
    await vi.waitFor(() => expect(writer.status.isGivingUp).toBe(false), 60_000);
    const missing = database.events.filter(({ action }) => action === 'audit.dropped');
    expect(
      missing.reduce((sum, { metadata }) => sum + (metadata as { events: number }).events, 0),
    ).toBe(refused);
    expect(database.events).toHaveLength(60_000 - refused + missing.length);
  });

  it('writes outside of whatever context the event was reported in', async () => {
    const transaction = new AsyncLocalStorage<string>();
    const { writer, database } = open();
    await writer.start();
    const seen: (string | undefined)[] = [];
    const add = database.add.bind(database);
    database.add = (events) => {
      seen.push(transaction.getStore());
      return add(events);
    };
    await transaction.run('open', async () => {
      writer.offer(pendingEvent(1));
      await writer.keep(pendingEvent(2));
    });
    expect(seen).toEqual([undefined]);
  });

  it('keeps what waits when it stops, in the journal if need be', async () => {
    const { writer, database } = open();
    await writer.start();
    writer.offer(pendingEvent(1));
    await writer.stop();
    expect(numbers(database.events)).toEqual([1]);
    database.isAway = true;
    writer.offer(pendingEvent(2));
    await writer.stop();
    expect(writer.status).toMatchObject({ waiting: 0, isJournalling: true });
  });
});
