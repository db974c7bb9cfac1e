import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import files from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Config } from '#platform/config/config';
import { pendingEvent } from '../../../../test/audit-events.js';
import { fake } from '../../../../test/fake.js';
import { lineOf } from './journal-lines.js';
import { Journal, JournalFull } from './journal.js';

// no process has such a number
const DEAD = '4194999-1-0a1b2c3d-000000.journal';

let DATA_DIR: string;
let directory: string;

const open = (megabytes = 16) =>
  new Journal(fake<Config>({ DATA_DIR, AUDIT_JOURNAL_MAX_MB: megabytes }));

async function drain(journal: Journal): Promise<unknown[]> {
  const all = [];
  for (let found = await journal.readOldest(); found; found = await journal.readOldest()) {
    all.push(...found.events);
    await journal.remove(found);
  }
  return all;
}

beforeEach(() => {
  DATA_DIR = mkdtempSync(join(tmpdir(), 'aerie-journal-'));
  directory = join(DATA_DIR, 'audit', 'journal');
});
afterEach(() => rmSync(DATA_DIR, { recursive: true, force: true }));

describe('the journal', () => {
  it('gives back in order what was appended, and leaves no file behind', async () => {
    const journal = open();
    const events = [1, 2, 3, 4].map(pendingEvent);
    await journal.append(events.slice(0, 2));
    await Promise.all([journal.append([events[2]!]), journal.append([events[3]!])]);
    expect(journal.isEmpty).toBe(false);
    expect(journal.bytes).toBe(Buffer.byteLength(events.map(lineOf).join('')));
    expect(await drain(journal)).toEqual(events);
    expect(journal.isEmpty).toBe(true);
    expect(journal.bytes).toBe(0);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('keeps what is appended while it is being replayed', async () => {
    const journal = open();
    const [first, second] = [pendingEvent(1), pendingEvent(2)];
    await journal.append([first]);
    const found = await journal.readOldest();
    await journal.append([second]);
    await journal.remove(found!);
    expect(await drain(journal)).toEqual([second]);
  });

  it('takes no more than its bound', async () => {
    const journal = open(1);
    const megabyte = Array.from({ length: 3_000 }, (_, n) => pendingEvent(n));
    await journal.append(megabyte);
    await expect(journal.append(megabyte)).rejects.toThrow(JournalFull);
    expect(await drain(journal)).toEqual(megabyte);
    await journal.append([pendingEvent(1)]);
    await journal.close();
  });

  it('is made of files of a bounded size', async () => {
    const journal = open();
    const many = Array.from({ length: 3_000 }, (_, n) => pendingEvent(n));
    for (let n = 0; n < 6; n++) await journal.append(many);
    expect(readdirSync(directory).length).toBeGreaterThan(1);
    expect(await drain(journal)).toHaveLength(18_000);
  });

  it('takes over what a dead process left, before its own, torn line or not', async () => {
    const [first, second, third, own] = [1, 2, 3, 4].map(pendingEvent);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, DEAD), lineOf(first!));
    writeFileSync(
      join(directory, DEAD.replace('000000', '000001')),
      lineOf(second!) + lineOf(third!).slice(0, -9),
    );
    const journal = open();
    await journal.append([own!]);
    await journal.adopt();
    expect(await drain(journal)).toEqual([first, second, own]);
  });

  it('takes over in the order in which was written, whatever the processes were numbered', async () => {
    mkdirSync(directory, { recursive: true });
    const events = [1, 2, 3, 4].map(pendingEvent);
    const left: [string, number][] = [
      ['4194999-100001-0a-000000', 20],
      ['4194999-100001-0a-000001', 10], // the clock was put back
      ['4194999-99999-0a-000000', 30],
      ['4194998-1-0a-000000', 40],
    ];
    for (const [n, [name, writtenAt]] of left.entries()) {
      const file = join(directory, `${name}.journal`);
      writeFileSync(file, lineOf(events[n]!));
      utimesSync(file, writtenAt, writtenAt);
    }
    const journal = open();
    await journal.adopt();
    expect(await drain(journal)).toEqual(events);
  });

  it('leaves alone what belongs to a process that lives', async () => {
    const [one, other] = [open(), open()];
    await one.append([pendingEvent(1)]);
    await other.adopt();
    expect(other.isEmpty).toBe(true);
    expect(await drain(one)).toHaveLength(1);
  });

  it('is taken over by one of several that try at once', async () => {
    mkdirSync(directory, { recursive: true });
    const events = [1, 2, 3, 4, 5].map(pendingEvent);
    for (const [n, event] of events.entries()) {
      writeFileSync(join(directory, DEAD.replace('000000', `00000${n}`)), lineOf(event));
    }
    const journals = Array.from({ length: 4 }, () => open());
    await Promise.all(journals.map((journal) => journal.adopt()));
    const drained = (await Promise.all(journals.map(drain))).flat();
    expect(drained).toHaveLength(5);
    expect(drained).toEqual(expect.arrayContaining(events));
  });

  it('acknowledges nothing that whoever took its file for a dead one’s may have missed', async () => {
    const journal = open();
    const [first, second] = [pendingEvent(1), pendingEvent(2)];
    await journal.append([first]);
    const [name] = readdirSync(directory);
    renameSync(join(directory, name!), join(directory, 'taken')); // and read here by the other
    await journal.append([second]);
    expect(await drain(journal)).toEqual([second]);
  });

  it('sets damaged lines aside, says how many, and goes on with the others', async () => {
    mkdirSync(directory, { recursive: true });
    const [first, third] = [pendingEvent(1), pendingEvent(3)];
    writeFileSync(join(directory, DEAD), `${lineOf(first)}garbage\n${lineOf(third)}`);
    const journal = open();
    await journal.adopt();
    const found = await journal.readOldest();
    expect(found).toMatchObject({ events: [first, third], damaged: ['garbage'] });
    await journal.remove(found!);
    const [aside] = readdirSync(directory);
    expect(readFileSync(join(directory, aside!), 'utf8')).toBe('garbage\n');
    await journal.adopt();
    expect(journal.isEmpty).toBe(true);
  });

  it('sets them aside once, however many starts read the file before the database takes it', async () => {
    mkdirSync(directory, { recursive: true });
    const event = pendingEvent(1);
    writeFileSync(join(directory, DEAD), `garbage\n${lineOf(event)}`);
    const asides = () => readdirSync(directory).filter((name) => name.endsWith('.aside'));
    for (let start = 0; start < 3; start++) {
      const killed = open();
      await killed.adopt();
      await killed.readOldest();
      await killed.readOldest();
      const [name] = readdirSync(directory);
      renameSync(join(directory, name!), join(directory, name!.replace(/^\d+-\d+/, '4194999-1')));
      expect(asides()).toEqual([]);
    }
    const journal = open();
    await journal.adopt();
    expect(await drain(journal)).toEqual([event]);
    const [aside, ...others] = asides();
    expect(readFileSync(join(directory, aside!), 'utf8')).toBe('garbage\n');
    expect(others).toEqual([]);
    expect(journal.filesAside).toBe(1);
  });

  it('sets a file aside that cannot be read, as it is, and goes on with those behind it', async () => {
    const unreadable = join(directory, DEAD);
    mkdirSync(unreadable, { recursive: true }); // a folder, since root may read every file
    const journal = open();
    await journal.adopt();
    const event = pendingEvent(1);
    await journal.append([event]);
    const found = await journal.readOldest();
    expect(found).toMatchObject({ events: [], unreadable: expect.stringContaining('EISDIR') });
    await journal.remove(found!);
    expect(await drain(journal)).toEqual([event]);
    expect(journal.isEmpty).toBe(true);
    expect(readdirSync(directory)).toEqual([expect.stringMatching(/-of-.*\.journal\.aside$/)]);
    expect(journal.filesAside).toBe(1);
  });

  it('waits when the machine, not the file, is at fault', async () => {
    const journal = open();
    const event = pendingEvent(1);
    await journal.append([event]);
    const busy = vi
      .spyOn(files, 'readFile')
      .mockRejectedValueOnce(Object.assign(new Error('too many open files'), { code: 'EMFILE' }));
    syncBuiltinESMExports();
    await expect(journal.readOldest()).rejects.toThrow('too many open files');
    busy.mockRestore();
    syncBuiltinESMExports();
    expect(await drain(journal)).toEqual([event]);
    expect(journal.filesAside).toBe(0);
  });

  it('goes on behind a line that a full disk cut off', async () => {
    const journal = open();
    const [first, second] = [pendingEvent(1), pendingEvent(2)];
    await journal.append([first]);
    const [name] = readdirSync(directory);
    appendFileSync(join(directory, name!), lineOf(second).slice(0, 30));
    expect((await journal.readOldest())!.events).toEqual([first]);
    await journal.append([second]);
    expect(await drain(journal)).toEqual([first, second]);
  });

  it('says so when it cannot be written, and works again when it can', async () => {
    mkdirSync(join(DATA_DIR, 'audit'));
    writeFileSync(directory, 'in the way');
    const journal = open();
    await expect(journal.append([pendingEvent(1)])).rejects.toThrow(/EEXIST|ENOTDIR/);
    rmSync(directory);
    await journal.append([pendingEvent(2)]);
    expect(await drain(journal)).toHaveLength(1);
  });
});
