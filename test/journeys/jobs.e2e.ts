import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Cache } from '#platform/cache/cache';
import { HealthParts } from '#platform/telemetry/health-parts';
import { Metrics } from '#platform/telemetry/metrics';
import { Mailer } from '#platform/mail/mailer';
import { HopelessJob } from '#platform/queue/job';
import { startApp, type TestApp } from '../app.js';
import { letterTo } from '../outbox.js';

const LETTERS = 'letter-to-owner';
const NOWHERE = '00000000-0000-7000-8000-000000000000';
const WAIT = { timeout: 60_000, interval: 100 };

interface QueueView {
  readonly name: string;
  readonly waiting: number;
  readonly dead: number;
}
interface DeadJobView {
  readonly id: string;
  readonly diedAt: string;
  readonly reason: string;
}

let test: TestApp;
let token: string;

beforeEach(async () => {
  test = await startApp();
  token = (await test.logInAdmin()).accessToken;
});
afterEach(async () => {
  vi.restoreAllMocks();
  await test[Symbol.asyncDispose]();
});

const queue = async () => {
  const { body } = await test.api.get<{ items: QueueView[] }>('/hardening/jobs', { token });
  return body.items.find(({ name }) => name === LETTERS)!;
};
const dead = async () =>
  (await test.api.get<{ items: DeadJobView[] }>(`/hardening/jobs/${LETTERS}/dead`, { token })).body
    .items;
const act = (method: string, path: string) =>
  test.api.request(method, `/hardening/jobs/${path}`, undefined, { token });

/** A letter that no mail server would ever take. */
async function killALetter(email: string): Promise<DeadJobView> {
  const refusal = new HopelessJob('550 no such reader');
  const deliver = vi.spyOn(test.app.get(Mailer), 'deliver').mockRejectedValue(refusal);
  await test.api.register(email);
  await vi.waitFor(async () => expect(await dead()).toHaveLength(1), WAIT);
  deliver.mockRestore();
  return (await dead())[0]!;
}

it('a dead job is shown without what it was told, and tried again at an operator’s wish', async () => {
  const job = await killALetter('ada@example.com');
  expect(Object.keys(job).toSorted()).toEqual(['diedAt', 'id', 'reason']);
  expect(job.reason).toBe('550 no such reader');
  await vi.waitFor(async () => expect((await queue()).dead).toBe(1), WAIT);
  expect(await test.app.get(HealthParts).look('queue')).toMatchObject({
    status: 'degraded',
    dead: 1,
  });

  expect((await act('POST', `${LETTERS}/dead/${job.id}/retry`)).status).toBe(204);
  await letterTo(test.app, 'ada@example.com');
  expect(await dead()).toEqual([]);
  await vi.waitFor(async () => expect((await queue()).waiting).toBe(0), WAIT);
  expect((await queue()).dead).toBe(0);
  expect(await test.app.get(HealthParts).look('queue')).toMatchObject({ status: 'healthy' });
  const retried = '&action=operations.job_retried';
  await vi.waitFor(
    async () =>
      expect(await test.api.auditOf(token, retried)).toMatchObject([
        { metadata: { queue: LETTERS, job: job.id } },
      ]),
    WAIT,
  );
});

it('a dead job is dropped at an operator’s wish, once', async () => {
  const { id } = await killALetter('ada@example.com');
  expect((await act('DELETE', `${LETTERS}/dead/${id}`)).status).toBe(204);
  expect((await act('DELETE', `${LETTERS}/dead/${id}`)).status).toBe(404);
  expect((await act('POST', `${LETTERS}/dead/${id}/retry`)).status).toBe(404);
  expect(await dead()).toEqual([]);
  await vi.waitFor(
    async () =>
      expect(await test.api.auditOf(token, '&action=operations.job_dropped')).toHaveLength(1),
    WAIT,
  );
});

it('a job or a queue that there is not is not found, and what is no id is refused', async () => {
  expect((await act('GET', 'nothing/dead')).status).toBe(404);
  expect((await act('POST', `nothing/dead/${NOWHERE}/retry`)).status).toBe(404);
  expect((await act('POST', `${LETTERS}/dead/${NOWHERE}/retry`)).status).toBe(404);
  expect((await act('DELETE', `${LETTERS}/dead/1`)).status).toBe(400);
});

it('many who ask at once are one query, not older than a few seconds', async () => {
  const query = vi.spyOn(test.engine.pool, 'query');
  const startedAt = performance.now();
  test.app.get(Cache).invalidateTags('queue counts');
  const { registry } = test.app.get(Metrics);
  await Promise.all(Array.from({ length: 20 }, () => registry.metrics()));
  await Promise.all(Array.from({ length: 20 }, () => queue()));
  const counts = query.mock.calls.filter((call) =>
    JSON.stringify(call[0]).includes('oldestWaitSeconds'),
  );
  const turns = Math.ceil((performance.now() - startedAt) / 5_000);
  expect(counts.length).toBeGreaterThanOrEqual(1);
  expect(counts.length).toBeLessThanOrEqual(turns);
  expect(await registry.metrics()).toMatch(
    new RegExp(`^aerie_queue_dead_jobs\\{queue="${LETTERS}"\\} 0$`, 'm'),
  );
});
