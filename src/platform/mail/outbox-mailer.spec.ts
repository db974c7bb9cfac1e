import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fake } from '../../../test/fake.js';
import type { Config } from '../config/config.js';
import { loadConfig } from '../config/load-config.js';
import { createLog } from '../logging/log.js';
import { OutboxMailer } from './outbox-mailer.js';

let directory: string;
let lines: string[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aerie-outbox-'));
  lines = [];
});
afterEach(() => rmSync(directory, { recursive: true }));

const letter = {
  id: '019aa5b1-4c1e-7d3a-9a53-2f6f2b0a4a11',
  to: 'ada@example.com',
  subject: 'Your code',
  text: 'It is 123456.',
  html: '<p>It is 123456.</p>',
};

async function mailer(environment: string, mostKept?: number): Promise<OutboxMailer> {
  const { config } = loadConfig({ LOG_LEVEL: 'info' }, '/dev/null');
  const log = await createLog(config, { write: (line) => void lines.push(line) });
  const NODE_ENV = environment as Config['NODE_ENV'];
  return new OutboxMailer(fake<Config>({ DATA_DIR: directory, NODE_ENV }), log, mostKept);
}

const files = () => readdirSync(join(directory, 'outbox')).toSorted();
const read = (file: string) =>
  JSON.parse(readFileSync(join(directory, 'outbox', file), 'utf8')) as Record<string, string>;

it('a letter lies in a file of its own that only its owner may read', async () => {
  await (await mailer('test')).deliver(letter);
  const [file, ...more] = files();
  expect(more).toEqual([]);
  expect(file).toMatch(/^[\da-f-]{36}\.json$/);
  const { time, ...rest } = read(file!);
  expect({ ...rest, id: letter.id }).toEqual(letter);
  expect(Date.parse(time!)).not.toBeNaN();
  expect(statSync(join(directory, 'outbox', file!)).mode & 0o777).toBe(0o600);
});

it('a letter that is handed over twice lies there once', async () => {
  const outbox = await mailer('test');
  for (let i = 0; i < 2; i++) await outbox.deliver(letter);
  expect(files()).toEqual([`${letter.id}.json`]);
});

it('the log names the file, and neither the whole address nor what the letter says', async () => {
  await (await mailer('test')).deliver(letter);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(files()[0]);
  expect(lines[0]).toContain('a…@example.com');
  expect(lines[0]).not.toMatch(/ada@|code|123456/);
});

it('only the newest letters are kept', async () => {
  const outbox = await mailer('test', 3);
  for (const id of ['1', '2', '3', '4', '5']) {
    await outbox.deliver({ ...letter, id, subject: id });
  }
  expect(files().map((file) => read(file)['subject'])).toEqual(['3', '4', '5']);
});

it.each([
  ['development', 0],
  ['test', 0],
  ['staging', 1],
  ['production', 1],
])('at the start in %s that is said %i times', async (environment, times) => {
  (await mailer(environment)).onModuleInit();
  expect(lines.filter((line) => line.includes('letters reach nobody'))).toHaveLength(times);
});
