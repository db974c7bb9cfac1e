import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { loadConfig } from '#platform/config/load-config';
import { openEngine } from '#platform/database/database.module';
import { ADMIN } from '../app.js';
import { PASSWORD, type Api } from '../api.js';
import { MailServer } from '../mail-server.js';
import { Services } from '../service.js';

const services = new Services();
const WAIT = { timeout: 60_000, interval: 100 };

/** What the expiry of a job does to one whose process is gone, without the wait for it. */
async function letJobsExpire(): Promise<number | null> {
  const { config } = loadConfig(
    { NODE_ENV: 'test', DB_POOL_MIN: '0', ...services.database.environment },
    '/dev/null',
  );
  const engine = await openEngine(config);
  // what a killed process had asked for is done behind its back
  await vi.waitFor(async () => {
    const { rows } = await engine.pool.query(
      `SELECT FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'aerie' AND pid <> pg_backend_pid()`,
    );
    expect(rows).toEqual([]);
  }, WAIT);
  // by then the minute that lies between two letters with a secret is over
  await engine.pool.query(
    `UPDATE one_time_tokens SET created_at = created_at - interval '2 minutes'`,
  );
  const { rowCount } = await engine.pool.query(
    `UPDATE pgboss.job SET state = 'retry', start_after = now() WHERE state = 'active'`,
  );
  await engine.close();
  return rowCount;
}

async function jobsOf(api: Api, name: string) {
  const { accessToken: token } = (await api.logIn(ADMIN.email, ADMIN.password)).body;
  const { body } = await api.get<{ items: { name: string }[] }>('/hardening/jobs', { token });
  return body.items.find((queue) => queue.name === name);
}

it('a letter whose process is SIGKILLed before it notes the delivery comes again as the same letter', async () => {
  const notices = () => mail.received.filter(({ source }) => /^Subject: .*password/im.test(source));
  let killAtNotice = false;
  const mail = new MailServer({}, async () => {
    if (!killAtNotice) return;
    killAtNotice = false;
    service.signal('SIGKILL'); // the server takes the letter, and nobody is there to hear that
    await service.exit;
  });
  const SMTP_URL = await mail.start();
  let service = services.start({ SMTP_URL });
  let api = await service.ready();
  const { accessToken: token } = await api.join('ada@example.com');
  await vi.waitFor(() => expect(mail.received).toHaveLength(1), WAIT);

  killAtNotice = true;
  const change = { currentPassword: PASSWORD, newPassword: 'another correct battery horse' };
  expect((await api.post('/v1/auth/password/change', change, { token })).status).toBe(204);
  await vi.waitFor(() => expect(notices()).toHaveLength(1), WAIT);
  expect(await letJobsExpire()).toBe(1);

  service = services.start({ SMTP_URL });
  api = await service.ready();
  await vi.waitFor(() => expect(notices()).toHaveLength(2), WAIT);
  const ids = notices().map(({ source }) => /^Message-ID: (.+)\r$/im.exec(source)![1]);
  expect(new Set(ids).size).toBe(1);
  await vi.waitFor(
    async () =>
      expect(await jobsOf(api, 'letter-to-owner')).toMatchObject({
        waiting: 0,
        later: 0,
        running: 0,
        dead: 0,
      }),
    { ...WAIT, interval: 1_000 },
  );
  expect(notices()).toHaveLength(2);
  await mail.stop();
});

it('no letter that was promised is lost when the process is SIGKILLed again and again', async () => {
  const people = Array.from({ length: 12 }, (_, i) => `reader-${i}@example.com`);
  let service = services.start();
  const api = await service.ready();
  const answers = await Promise.all(people.map((email) => api.register(email)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  for (let round = 0; round < 2; round++) {
    await service.kill();
    await letJobsExpire();
    service = services.start();
    await service.ready();
  }
  const outbox = join(services.database.environment.DATA_DIR, 'outbox');
  await vi.waitFor(() => {
    const letters = readdirSync(outbox).filter((name) => name.endsWith('.json'));
    const readers = letters.map(
      (name) => (JSON.parse(readFileSync(join(outbox, name), 'utf8')) as { to: string }).to,
    );
    expect([...new Set(readers)].toSorted()).toEqual(people.toSorted());
  }, WAIT);
});
