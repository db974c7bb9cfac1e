import { afterEach, beforeEach, expect, it } from 'vitest';
import { AlertClock, type Message } from '../alerts.js';
import { startApp, type TestApp } from '../app.js';
import { scratchDatabase, type ScratchDatabase } from '../databases.js';
import { until } from '../queue.js';
import { WebhookReceiver } from '../webhook-receiver.js';

const PROCESSES = ['one', 'two', 'three'];
const FAILING = { lastMinuteErrorRatio: 0.055 };
const WELL = { lastMinuteErrorRatio: 0 };

let scratch: ScratchDatabase;
let receiver: WebhookReceiver;
let apps: TestApp[];
let clocks: AlertClock[];

beforeEach(async () => {
  scratch = await scratchDatabase();
  receiver = new WebhookReceiver();
  const url = await receiver.start();
  apps = [];
  for (const name of PROCESSES) {
    apps.push(
      await startApp({
        ...scratch.environment,
        INSTANCE_NAME: name,
        ALERT_WEBHOOK_URL: `${url}/hook`,
        ALERT_WEBHOOK_SECRET: 'shared-with-the-receiver',
      }),
    );
  }
  clocks = await Promise.all(apps.map((app) => AlertClock.of(app)));
});
afterEach(async () => {
  for (const app of apps) await app[Symbol.asyncDispose]();
  receiver.stop();
  await scratch.drop();
});

const messages = () => receiver.messages<Message>('/hook');
const slots = (values: Record<string, number>) =>
  Promise.all(clocks.map((clock) => clock.slot(values)));

it('what every process sees is told once, and its end when it is over in all', async () => {
  for (let i = 0; i < 3; i++) await slots(FAILING);
  await until(() => messages().length > 0);
  for (const clock of clocks.slice(1)) await clock.slot(WELL, 3);
  expect(messages().map(({ event }) => event)).toEqual(['raised']);
  for (let i = 0; i < 3; i++) await slots(WELL);
  await until(() => messages().length > 1);
  for (let i = 0; i < 3; i++) await slots(WELL);
  expect(messages().map(({ event }) => event)).toEqual(['raised', 'resolved']);
});

it('what is worse in one of them is told again', async () => {
  await slots(FAILING);
  await clocks[2]!.slot({ lastMinuteErrorRatio: 0.07 }, 2);
  await until(() => messages().length > 1);
  const [, escalated] = messages();
  expect(escalated).toMatchObject({ event: 'escalated', alert: { severity: 'high' } });
  expect(escalated!.instances.toSorted()).toEqual(PROCESSES.toSorted());
});

it('a rule that is changed in one holds in the others at their next look', async () => {
  const [first, second] = apps as [TestApp, TestApp];
  const { accessToken: token } = await first.logInAdmin();
  const list = async (app: TestApp) => {
    const { body } = await app.api.get<{ items: Record<string, unknown>[] }>('/v1/alerts/rules', {
      token,
    });
    return body.items.find(({ id }) => id === 'error-rate')!;
  };
  const {
    id: _id,
    isDefault: _d,
    isChanged: _c,
    value: _v,
    silencedUntil: _s,
    runbook: _r,
    ...settings
  } = await list(first);
  const changed = { ...settings, threshold: 0.9 };
  expect(
    (await first.api.request('PUT', '/v1/alerts/rules/error-rate', changed, { token })).status,
  ).toBe(200);
  await clocks[1]!.slot(WELL, 2);
  expect(await list(second)).toMatchObject({ threshold: 0.9, isChanged: true });
});
