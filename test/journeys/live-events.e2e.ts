import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventReader } from '../event-stream.js';
import { startApp, type TestApp } from '../app.js';

let test: TestApp;
let token: string;

beforeEach(async () => {
  test = await startApp({ GUARD_CLIENT_SCORE: '1000' });
  token = (await test.logInAdmin()).accessToken;
});
afterEach(() => test[Symbol.asyncDispose]());

const watch = (lastEventId?: string): Promise<EventReader> =>
  EventReader.open(`${test.api.url}/hardening/events`, {
    authorization: `Bearer ${token}`,
    ...(lastEventId && { 'last-event-id': lastEventId }),
  });

const attack = () => test.api.get(`/v1/users?cursor=${encodeURIComponent("x' OR 1=1 --")}`);

describe('the stream of live events', () => {
  it('tells how it is at once, and every five seconds, and what the edge noticed', async () => {
    await using reader = await watch();
    expect((await reader.next('hello')).data).toMatchObject({ hasResumed: false });
    expect((await reader.next('health')).data).toMatchObject({ status: 'healthy' });
    await attack();
    expect((await reader.next('security')).data).toMatchObject({
      action: 'security.input_suspicious',
    });
    const { data } = await reader.next('tick');
    expect(data['values']).toHaveProperty('requestsPerSecond');
  });

  it('goes on where a client lost it', async () => {
    const first = await watch();
    await attack();
    const seen = await first.next('security');
    await first[Symbol.asyncDispose]();
    await attack();
    await using second = await watch(seen.id);
    const missed = await second.next('security');
    expect((await second.next('hello')).data).toMatchObject({ hasResumed: true });
    expect(missed.id).not.toBe(seen.id);
    expect(second.heard.filter(({ event }) => event === 'security')).toHaveLength(1);
  });

  it('ends with the sign-in', async () => {
    await using reader = await watch();
    await reader.next('hello');
    await test.api.post('/v1/auth/logout', undefined, { token });
    expect((await reader.next('bye')).data).toEqual({ reason: 'signed-out' });
    await reader.ended();
  });

  it('leaves no place taken by those who only ask for its head', async () => {
    for (let i = 0; i < 60; i++) {
      const { status } = await test.api.request('HEAD', '/hardening/events', undefined, { token });
      expect(status).toBe(200);
    }
    await using reader = await watch();
    await reader.next('hello');
  });

  it('is for administrators, and nobody else learns anything', async () => {
    const { accessToken } = await test.api.join('plain@example.com');
    expect((await test.api.get('/hardening/events')).status).toBe(401);
    expect((await test.api.get('/hardening/events', { token: accessToken })).status).toBe(403);
  });
});

it('takes leave of its clients when the service stops, which waits for none of them', async () => {
  const reader = await watch();
  await reader.next('hello');
  await test.app.close();
  await reader.ended();
  expect(reader.heard.at(-1)).toMatchObject({ event: 'bye', data: { reason: 'stopping' } });
});
