import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HealthParts, type HealthPart } from '#platform/telemetry/health-parts';
import { Lifecycle } from '#platform/lifecycle/lifecycle';
import { NAMED_PARTS } from '#operations/health/health.dto';
import type { Answer, Api } from '../api.js';
import { startApp, type TestApp } from '../app.js';

type Health = Record<string, unknown> & { status: string };

let test: TestApp;
let api: Api;
let part: HealthPart | Promise<HealthPart> = { status: 'healthy' };

beforeAll(async () => {
  test = await startApp();
  ({ api } = test);
  test.app.get(HealthParts).add('sample', () => part);
});
afterAll(() => test[Symbol.asyncDispose]());

const ask = (path = '/health'): Promise<Answer<Health>> => api.get<Health>(path);

describe('health', () => {
  it('names the whole and every part, those that are off too', async () => {
    part = { status: 'healthy', waiting: 3 };
    const { status, body } = await ask();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'healthy',
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      environment: 'test',
      sample: { status: 'healthy', waiting: 3 },
      lifecycle: { status: 'healthy', phase: 'ready' },
      realtime: { status: 'off' },
      database: {
        status: 'healthy',
        breaker: 'closed',
        latencyMs: expect.any(Number),
        pool: { open: expect.any(Number), idle: expect.any(Number), waiting: 0 },
        slow: expect.any(Number),
        errors: 0,
      },
    });
    expect(Date.now() - Date.parse(String(body['timestamp']))).toBeLessThan(60_000);
    expect(body['uptime']).toBeGreaterThanOrEqual(0);
    for (const name of NAMED_PARTS) expect(body).toHaveProperty(`${name}.status`);
  });

  it('is degraded with a degraded part, and the service stays ready', async () => {
    part = { status: 'degraded', reason: 'its other half is away' };
    const { status, body } = await ask();
    expect({ status, health: body.status }).toEqual({ status: 200, health: 'degraded' });
    expect((await ask('/health/ready')).status).toBe(200);
  });

  it('is unhealthy, and a 503, with an unhealthy part', async () => {
    part = { status: 'unhealthy' };
    const { status, body } = await ask();
    expect({ status, health: body.status }).toEqual({ status: 503, health: 'unhealthy' });
    expect((await ask('/health/live')).status).toBe(200);
  });

  it('answers within its time limit when a part does not', async () => {
    let thaw: (part: HealthPart) => void;
    part = new Promise<HealthPart>((resolve) => (thaw = resolve));
    const answers = await Promise.all([ask(), ask(), ask()]);
    for (const { status, body } of answers) {
      expect({ status, health: body.status }).toEqual({ status: 200, health: 'degraded' });
      expect(body['sample']).toMatchObject({ status: 'degraded', reason: 'no answer in time' });
    }
    thaw!({ status: 'healthy' });
    expect((await ask()).body.status).toBe('healthy');
  });

  it('says in detail what readiness is made of, to operators alone', async () => {
    part = { status: 'healthy' };
    const { accessToken: token } = await test.logInAdmin();
    const { body } = await api.get<Health>('/health/detailed', { token });
    expect(body).toMatchObject({
      checks: { details: { startup: { status: 'up' }, database: { status: 'up' } } },
      pid: process.pid,
    });
    expect((await ask('/health/detailed')).status).toBe(401);
  });

  it('names no secret', async () => {
    const { body } = await ask();
    expect(JSON.stringify(body)).not.toMatch(/password|token|secret|:\/\//i);
  });
});

it('is degraded while the service drains, and unhealthy once it refuses', async () => {
  part = { status: 'healthy' };
  const lifecycle = test.app.get(Lifecycle);
  lifecycle.enter('draining');
  expect(await ask()).toMatchObject({ status: 200, body: { status: 'degraded' } });
  lifecycle.enter('closing');
  const page = 'docs/runbooks/shutdown.md';
  expect(await ask()).toMatchObject({
    status: 503,
    body: { status: 'unhealthy', lifecycle: { runbook: page } },
  });
  const refused = await api.get<{ type: string; runbook: string }>('/v1/users/me');
  expect(refused).toMatchObject({ status: 503, body: { runbook: page } });
  expect((await api.get(refused.body.type)).status).toBe(200); // the link of the refusal leads somewhere
});
