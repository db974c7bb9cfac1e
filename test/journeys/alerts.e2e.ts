import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AlertWatch } from '#operations/alerts/alert-watch';
import { Database } from '#platform/database/database';
import { DatabaseUnavailable } from '#platform/errors/problems';
import { HealthParts } from '#platform/telemetry/health-parts';
import { Monitor } from '#platform/telemetry/monitor';
import { AlertClock, type Message } from '../alerts.js';
import type { Api } from '../api.js';
import { startApp, type TestApp } from '../app.js';
import { scratchDatabase, type ScratchDatabase } from '../databases.js';
import { MailServer } from '../mail-server.js';
import { until } from '../queue.js';
import { WebhookReceiver } from '../webhook-receiver.js';

const SECRET = 'shared with the receiver'.replaceAll(' ', '-');
const MINUTE_MS = 60_000;
const FAILING = { lastMinuteErrorRatio: 0.055 };
const WELL = { lastMinuteErrorRatio: 0 };

interface Rule extends Record<string, unknown> {
  readonly id: string;
  readonly threshold: number;
}

let scratch: ScratchDatabase;
let receiver: WebhookReceiver;
let mail: MailServer;
let environment: Record<string, string>;
let test: TestApp;
let api: Api;
let clock: AlertClock;
let admin: string;

async function start(more: Record<string, string> = {}): Promise<void> {
  test = await startApp({ ...environment, ...more });
  api = test.api;
  clock = await AlertClock.of(test);
  admin = (await test.logInAdmin()).accessToken;
}

beforeEach(async () => {
  scratch = await scratchDatabase();
  receiver = new WebhookReceiver();
  mail = new MailServer();
  const url = await receiver.start();
  environment = {
    ...scratch.environment,
    INSTANCE_NAME: 'here',
    ALERT_WEBHOOK_URL: `${url}/hook`,
    ALERT_WEBHOOK_SECRET: SECRET,
    SLACK_WEBHOOK_URL: `${url}/slack`,
    ALERT_EMAIL: 'on-call@example.com',
    SMTP_URL: await mail.start(),
  };
});
afterEach(async () => {
  await test[Symbol.asyncDispose]();
  receiver.stop();
  await mail.stop();
  await scratch.drop();
});

const messages = () => receiver.messages<Message>('/hook');
const events = () => messages().map(({ event }) => event);
const arrived = (count: number) => until(() => messages().length >= count);
const active = async () =>
  (await api.get<{ items: Record<string, unknown>[] }>('/v1/alerts', { token: admin })).body.items;
const rules = async () =>
  (await api.get<{ items: Rule[] }>('/v1/alerts/rules', { token: admin })).body.items;
const change = (id: string, settings: object) =>
  api.request<Rule>('PUT', `/v1/alerts/rules/${id}`, settings, { token: admin });

/** A rule as it may be sent back. */
async function settingsOf(id: string): Promise<Record<string, unknown>> {
  const rule = (await rules()).find((each) => each.id === id)!;
  const { title, series, comparison, threshold, clearAt, forSeconds } = rule;
  const { minimumRequests, severity, isEnabled } = rule;
  return {
    title,
    series,
    comparison,
    threshold,
    clearAt,
    forSeconds,
    minimumRequests,
    severity,
    isEnabled,
  };
}

/** What came of a test, by route. */
async function outcomes(): Promise<{ route: string; outcome: string; reason?: string }[]> {
  const { body } = await api.post<{ routes: { route: string; outcome: string }[] }>(
    '/v1/alerts/test',
    undefined,
    { token: admin },
  );
  return body.routes;
}

describe('an alert', () => {
  it('reaches people over every route, once, and so does its end', async () => {
    await start();
    await clock.slot(FAILING, 5);
    await clock.slot(WELL);
    await arrived(2);
    await until(() => receiver.messages('/slack').length === 2 && mail.received.length === 2);
    expect(events().toSorted()).toEqual(['raised', 'resolved']);
    const raised = messages().find(({ event }) => event === 'raised')!;
    expect(raised).toMatchObject({
      service: 'aerie',
      environment: 'test',
      instances: ['here'],
      alert: { rule: 'error-rate', severity: 'medium', value: 0.055, threshold: 0.05 },
    });
    expect(raised.text).toContain('lastMinuteErrorRatio is 5.5 %, limit 5 %');
    expect(raised.text).toContain('docs/runbooks/error-rate.md');
    const [slack] = receiver.messages<{ text: string }>('/slack');
    expect(slack!.text).toContain('Too many requests fail');
    expect(mail.received.map(({ to }) => to)).toEqual([
      ['on-call@example.com'],
      ['on-call@example.com'],
    ]);
    expect(mail.received[0]!.source).toContain('Too many requests fail');
  });

  it('is signed for the webhook, time and body', async () => {
    await start();
    await clock.slot(FAILING);
    await arrived(1);
    const { headers, body } = receiver.received.find(({ path }) => path === '/hook')!;
    const [, t, v1] = /^t=(\d+),v1=([\da-f]{64})$/.exec(String(headers['x-signature']))!;
    expect(v1).toBe(createHmac('sha256', SECRET).update(`${t}.${body}`).digest('hex'));
  });

  it('that comes and goes is told once, and grows no list', async () => {
    await start();
    for (let i = 0; i < 20; i++) {
      await clock.slot(FAILING);
      await clock.slot(WELL);
    }
    await arrived(2);
    expect(await active()).toEqual([]);
    const { body } = await api.get<{ items: object[] }>('/v1/alerts?state=all', { token: admin });
    expect(body.items).toMatchObject([{ rule: 'error-rate', occurrences: 20 }]);
    expect(events().toSorted()).toEqual(['raised', 'resolved']);
  });

  it('that came back is told when it stays longer than people may believe it over', async () => {
    await start();
    await clock.slot(FAILING);
    await clock.slot(WELL);
    await clock.slot(FAILING);
    await arrived(2);
    clock.pass(14 * MINUTE_MS);
    await clock.slot(FAILING);
    expect(messages()).toHaveLength(2);
    clock.pass(MINUTE_MS);
    await clock.slot(FAILING);
    await arrived(3);
    expect(events().filter((event) => event === 'raised')).toHaveLength(2);
  });

  it('that gets worse is told again at once, and recorded when it is critical', async () => {
    await start();
    await clock.slot(FAILING);
    await arrived(1);
    await clock.slot({ lastMinuteErrorRatio: 0.9 }, 3);
    await arrived(2);
    expect(messages().at(-1)).toMatchObject({
      event: 'escalated',
      alert: { severity: 'critical' },
    });
    await until(async () => {
      const [entry] = await api.auditOf(admin, '&action=security.alert_raised');
      return entry?.metadata['rule'] === 'error-rate' && entry.metadata['severity'] === 'critical';
    });
    expect(test.lines).toContainEqual(
      expect.objectContaining({ level: 'security', action: 'security.alert_raised' }),
    );
  });

  it('that nobody acknowledges is told again after a while, and not once somebody has', async () => {
    await start();
    await clock.slot(FAILING);
    await arrived(1);
    clock.pass(4 * 60 * MINUTE_MS);
    await clock.slot(FAILING);
    await arrived(2);
    expect(events()[1]).toBe('reminder');
    const [{ id }] = (await active()) as [{ id: string }];
    const { status, body } = await api.post(`/v1/alerts/${id}/acknowledge`, undefined, {
      token: admin,
    });
    expect(status).toBe(200);
    expect(body['acknowledgedAt']).not.toBeNull();
    await clock.slot(FAILING, 2); // it is read again within two slots
    clock.pass(5 * 60 * MINUTE_MS);
    await clock.slot(FAILING, 2);
    expect(events()).toEqual(['raised', 'reminder']);
    await until(
      async () => (await api.auditOf(admin, '&action=security.alert_acknowledged')).length === 1,
    );
    const [entry] = await api.auditOf(admin, '&action=security.alert_acknowledged');
    expect(entry!.actor).toBe(body['acknowledgedBy']);
    await clock.slot(WELL);
    expect(
      (await api.post(`/v1/alerts/${id}/acknowledge`, undefined, { token: admin })).status,
    ).toBe(409);
  });

  it('whose rule is silenced is shown and not told, until the silence is over', async () => {
    await start();
    await clock.slot(FAILING);
    await arrived(1);
    const [{ id }] = (await active()) as [{ id: string }];
    await api.post(`/v1/alerts/${id}/silence`, { forSeconds: 3_600 }, { token: admin });
    await clock.slot({ lastMinuteErrorRatio: 1 }, 3);
    expect(await active()).toMatchObject([
      { severity: 'critical', silencedUntil: expect.any(String) as string },
    ]);
    expect(messages()).toHaveLength(1);
    await api.post(`/v1/alerts/${id}/silence`, { forSeconds: 0 }, { token: admin });
    await clock.slot({ lastMinuteErrorRatio: 1 });
    await arrived(2);
    expect(events()).toEqual(['raised', 'escalated']);
  });

  it('goes on over a restart, and is not told twice', async () => {
    await start();
    await clock.slot(FAILING);
    await arrived(1);
    const before = await active();
    await test[Symbol.asyncDispose]();
    await start();
    await clock.slot(FAILING, 3);
    expect(await active()).toMatchObject([
      { id: before[0]!['id'], raisedAt: before[0]!['raisedAt'] },
    ]);
    await clock.slot(WELL, 3);
    await arrived(2);
    expect(await active()).toEqual([]);
    expect(events()).toEqual(['raised', 'resolved']);
  });

  it('reaches people while the database is away, and is written down when it is back', async () => {
    await start();
    const database = test.app.get(Database);
    const away = (['read', 'write', 'transaction', 'sql'] as const).map((method) =>
      vi.spyOn(database, method).mockRejectedValue(new DatabaseUnavailable()),
    );
    await clock.slot({ databaseBreakerOpen: 1 }, 4);
    await arrived(1);
    expect(messages()[0]).toMatchObject({
      event: 'raised',
      alert: { rule: 'database', severity: 'critical' },
    });
    expect(test.app.get(AlertWatch).active).toMatchObject([{ rule: 'database' }]);
    for (const spy of away) spy.mockRestore();
    await clock.slot({ databaseBreakerOpen: 1 }, 2);
    expect(await active()).toMatchObject([{ rule: 'database', instance: 'here' }]);
    await clock.slot({ databaseBreakerOpen: 0 }, 3);
    await arrived(2);
    expect(events()).toEqual(['raised', 'resolved']);
  });

  it('of a process that is gone is over after five minutes', async () => {
    await start();
    await clock.slot(FAILING);
    await arrived(1);
    await test[Symbol.asyncDispose]();
    await start({ INSTANCE_NAME: 'elsewhere' });
    expect(await active()).toMatchObject([{ instance: 'here' }]);
    clock.pass(6 * MINUTE_MS);
    await clock.slot(WELL, 12);
    await arrived(2);
    expect(await active()).toEqual([]);
    expect(events()).toEqual(['raised', 'resolved']);
  });
});

it('a part of the service that is degraded raises an alert, which health shows', async () => {
  await start();
  test.app.get(HealthParts).add('printer', () => ({ status: 'degraded' }));
  const monitor = test.app.get(Monitor);
  await until(() => monitor.latest('unwellParts') === 1);
  await clock.slot({ unwellParts: 1 }, 12);
  await arrived(1);
  const { body } = await api.get<{ alerts: { active: object[] } }>('/health');
  expect(body.alerts.active).toMatchObject([{ rule: 'component', severity: 'medium' }]);
});

describe('a receiver', () => {
  it('gets a test over each route, and what came of it is said', async () => {
    await start();
    expect(await outcomes()).toEqual([
      { route: 'log', outcome: 'delivered' },
      { route: 'slack', outcome: 'delivered' },
      { route: 'webhook', outcome: 'delivered' },
      { route: 'email-1', outcome: 'delivered' },
    ]);
    expect(messages()).toMatchObject([{ event: 'test' }]);
    await until(
      async () => (await api.auditOf(admin, '&action=security.alert_tested')).length === 1,
    );
  });

  it('that fails is named with the reason, without its secret address', async () => {
    receiver.stop();
    receiver = new WebhookReceiver((response, { path }) => {
      if (path === '/slack') response.writeHead(307, { location: '/elsewhere' }).end();
      else response.writeHead(500).end();
    });
    const url = await receiver.start();
    await start({ ALERT_WEBHOOK_URL: `${url}/hook?token=hush`, SLACK_WEBHOOK_URL: `${url}/slack` });
    await mail.stop();
    const [, slack, webhook, email] = await outcomes();
    expect(slack).toMatchObject({
      outcome: 'failed',
      reason: expect.stringMatching(/answered 307/) as string,
    });
    expect(webhook).toMatchObject({
      outcome: 'failed',
      reason: expect.stringMatching(/answered 500/) as string,
    });
    expect(email).toMatchObject({ outcome: 'failed' });
    expect(receiver.received.map(({ path }) => path)).not.toContain('/elsewhere');
    expect(JSON.stringify([webhook, test.lines])).not.toContain('hush');
    mail = new MailServer();
    await mail.start();
  });

  it('that is down for a while gets the alert later', async () => {
    let isDown = true;
    receiver.stop();
    receiver = new WebhookReceiver((response) => response.writeHead(isDown ? 503 : 200).end());
    await start({ ALERT_WEBHOOK_URL: `${await receiver.start()}/hook` });
    await clock.slot(FAILING);
    await arrived(1);
    isDown = false;
    await arrived(2);
    const [first, second] = messages();
    expect(second).toEqual(first);
  });

  it('that never answers slows neither requests nor other receivers', async () => {
    const held = new WebhookReceiver(() => undefined);
    await start({ SLACK_WEBHOOK_URL: `${await held.start()}/slack` });
    await clock.slot(FAILING);
    await arrived(1); // over the webhook, while slack holds the line
    await until(() => held.received.length === 1);
    expect((await api.get('/v1/users/me', { token: admin })).status).toBe(200);
    expect(await active()).toHaveLength(1);
    held.stop();
  });
});

describe('a rule', () => {
  it('is changed at run time, recorded, and survives a restart', async () => {
    await start();
    const settings = { ...(await settingsOf('error-rate')), threshold: 0.5, clearAt: 0.4 };
    const { status, body } = await change('error-rate', settings);
    expect([status, body]).toMatchObject([
      200,
      { id: 'error-rate', threshold: 0.5, isChanged: true },
    ]);
    await clock.slot(FAILING);
    expect(await active()).toEqual([]);
    await until(async () => {
      const [entry] = await api.auditOf(admin, '&action=security.alert_rule_changed');
      return entry?.metadata['threshold'] === 0.5 && entry.metadata['thresholdBefore'] === 0.05;
    });
    await test[Symbol.asyncDispose]();
    await start();
    expect(await settingsOf('error-rate')).toEqual(settings);
    const reset = await api.request('DELETE', '/v1/alerts/rules/error-rate', undefined, {
      token: admin,
    });
    expect(reset.status).toBe(204);
    expect(await settingsOf('error-rate')).toMatchObject({ threshold: 0.05 });
  });

  it('may be added for any series, and removed, which ends its alert', async () => {
    await start();
    const settings = {
      ...(await settingsOf('memory')),
      title: 'Nobody comes',
      series: 'requestsPerSecond',
      comparison: 'below',
      threshold: 1,
      clearAt: 2,
      forSeconds: 10,
    };
    expect((await change('quiet', settings)).status).toBe(200);
    await clock.slot({ requestsPerSecond: 0.1 }, 2);
    expect(await active()).toMatchObject([{ rule: 'quiet', title: 'Nobody comes' }]);
    await api.request('DELETE', '/v1/alerts/rules/quiet', undefined, { token: admin });
    await clock.slot({ requestsPerSecond: 0.1 });
    expect(await active()).toEqual([]);
    expect((await rules()).map(({ id }) => id)).not.toContain('quiet');
    const again = await api.request('DELETE', '/v1/alerts/rules/quiet', undefined, {
      token: admin,
    });
    expect(again.status).toBe(404);
  });

  it('that makes no sense is refused, and changes nothing', async () => {
    await start();
    const before = await settingsOf('memory');
    for (const [path, wrong] of [
      ['series', { series: 'nothing' }],
      ['clearAt', { threshold: 0.5, clearAt: 0.6 }],
      ['threshold', { threshold: 'many' }],
      ['threshold', { threshold: null }],
      ['forSeconds', { forSeconds: 100_000 }],
      ['severity', { severity: 'apocalyptic' }],
      ['owner', { owner: 'me' }],
    ] as const) {
      const answer = await change('memory', { ...before, ...wrong });
      expect(answer.status).toBe(400);
      expect(answer.body['errors']).toMatchObject([{ path }]);
      const body = { ...before, ...wrong };
      const tried = await api.post('/v1/alerts/rules/memory/dry-run', body, { token: admin });
      expect(tried.status).toBe(400);
    }
    expect((await change('No such id!', before)).status).toBe(400);
    expect(await settingsOf('memory')).toEqual(before);
  });

  it('is tried on the last hour before it is in force', async () => {
    await start();
    const monitor = test.app.get(Monitor);
    await until(() => monitor.latest('memoryRssBytes') !== null); // a slot of real time
    const settings = { ...(await settingsOf('memory')), series: 'memoryRssBytes', forSeconds: 0 };
    const tryOut = async (threshold: number) =>
      (
        await api.post(
          '/v1/alerts/rules/memory/dry-run',
          { ...settings, threshold, clearAt: threshold },
          { token: admin },
        )
      ).body;
    expect(await tryOut(1)).toMatchObject({ episodes: [{ severity: 'critical', to: null }] });
    expect(await tryOut(1e12)).toMatchObject({ episodes: [] });
    expect((await tryOut(1))['coveredSeconds']).toBeGreaterThanOrEqual(5);
    expect(await active()).toEqual([]);
  });

  it('is broken by what really happens', async () => {
    test = await startApp({ ...environment, ALERT_RESPONSE_TIME_MS: '5' });
    api = test.api;
    admin = (await test.logInAdmin()).accessToken;
    for (let i = 0; i < 10; i++) await api.logIn('nobody@example.com'); // hashes a password each time
    await arrived(1);
    expect(messages()[0]).toMatchObject({ event: 'raised', alert: { rule: 'response-time' } });
    expect(await active()).toMatchObject([
      { rule: 'response-time', runbook: 'docs/runbooks/response-time.md' },
    ]);
  });
});
