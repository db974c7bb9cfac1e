import { afterEach, describe, expect, it } from 'vitest';
import { Database } from '#platform/database/database';
import { Letters } from '#platform/mail/letters';
import { startApp, type TestApp } from '../app.js';
import { MailServer, refusal } from '../mail-server.js';
import { letterTo, lettersTo } from '../outbox.js';
import { until } from '../queue.js';

const letter = { to: 'ada@example.com', subject: 'Hello', text: 'text', html: '<p>html</p>' };

let test: TestApp;
afterEach(() => test[Symbol.asyncDispose]());

const post = (change: Partial<typeof letter> = {}) =>
  test.app.get(Letters).post({ ...letter, ...change });

async function waitingLetters(): Promise<{ state: string }[]> {
  const { rows } = await test.engine.pool.query<{ state: string }>(
    `SELECT state::text FROM pgboss.job WHERE name = 'send-letter'`,
  );
  return rows;
}

describe('without a mail server', () => {
  it('letters lie in the outbox once what they follow from is committed', async () => {
    test = await startApp();
    const database = test.app.get(Database);
    const undone = database.transaction(async () => {
      await post({ subject: 'of what never was' });
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await database.transaction(() => post());
    expect(await letterTo(test.app, letter.to)).toMatchObject(letter);
    expect(await lettersTo(test.app, letter.to)).toHaveLength(1);
  });
});

describe('with a mail server', () => {
  it('that is down, a letter is tried again until it is delivered', async () => {
    const gone = new MailServer();
    const SMTP_URL = await gone.start();
    await gone.stop();
    test = await startApp({ SMTP_URL });
    await post();
    await until(async () => (await waitingLetters())[0]?.state === 'retry');
    const server = new MailServer();
    await server.start(Number(new URL(SMTP_URL).port));
    await test.engine.pool.query('UPDATE pgboss.job SET start_after = now()'); // instead of waiting
    await until(() => server.received.length > 0);
    expect(server.received[0]!.to).toEqual([letter.to]);
    await until(async () => (await waitingLetters()).length === 0);
    await server.stop();
  });

  it('that says nothing, requests are answered meanwhile', async () => {
    let release: (() => void) | undefined;
    const patience = new Promise<void>((resolve) => (release = resolve));
    const server = new MailServer({}, () => patience);
    test = await startApp({ SMTP_URL: await server.start() });
    await Promise.all(Array.from({ length: 6 }, (_, i) => post({ subject: `letter ${i}` })));
    expect((await test.api.register('eve@example.com')).status).toBe(202);
    expect((await test.api.get('/health/ready')).status).toBe(200);
    expect(server.received).toEqual([]);
    release?.();
    await until(() => server.received.length === 7); // and the one to Eve
    await server.stop();
  });

  it('that refuses for good, a letter lies with the dead ones, without its address in the log', async () => {
    const server = new MailServer({}, async () => {
      throw refusal(554, 'not wanted');
    });
    test = await startApp({ SMTP_URL: await server.start() });
    await post();
    await until(async () => (await waitingLetters())[0]?.state === 'failed');
    const errors = test.lines.filter(({ msg }) => msg === 'a job has failed for good');
    expect(errors).toMatchObject([{ job: 'send-letter', kept: 'send-letter-dead' }]);
    expect(JSON.stringify(test.lines)).not.toContain(letter.to);
    await server.stop();
  });
});
