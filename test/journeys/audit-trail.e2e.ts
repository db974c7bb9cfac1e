import { connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AuditService } from '#features/audit/audit.service';
import { PASSWORD, type Api, type AuditEntry } from '../api.js';
import { startApp, type TestApp } from '../app.js';

const PATIENCE = { timeout: 30_000 };

let test: TestApp;
let api: Api;
let admin: string;
let count = 0;

beforeAll(async () => {
  test = await startApp();
  ({ api } = test);
  admin = (await test.logInAdmin()).accessToken;
});
afterAll(() => test[Symbol.asyncDispose]());

async function join() {
  const tokens = await api.join(`person${++count}@example.com`);
  const { body } = await api.get('/v1/users/me', { token: tokens.accessToken });
  return { id: String(body['id']), token: tokens.accessToken };
}

async function entries(query: string): Promise<AuditEntry[]> {
  const { body } = await api.get<{ items: AuditEntry[] }>(`/v1/audit?limit=100&${query}`, {
    token: admin,
  });
  return body.items;
}

/** The one entry that the request with the id leaves behind. */
async function traceOf(requestId: string): Promise<AuditEntry> {
  const query = `action=request.completed&requestId=${requestId}`;
  await expect.poll(() => entries(query), PATIENCE).toHaveLength(1);
  return (await entries(query))[0]!;
}

const requestIdOf = ({ headers }: { headers: Headers }) => headers.get('x-request-id');

describe('a route marked as audited', () => {
  it('leaves its entry with the change', async () => {
    const { id } = await join();
    const changed = await api.request(
      'PUT',
      `/v1/users/${id}/role`,
      { role: 'support' },
      { token: admin },
    );
    expect(changed.status).toBe(204);
    expect(await entries(`subject=${id}&action=user.role_changed`)).toMatchObject([
      {
        metadata: { role: 'support' },
        requestId: changed.headers.get('x-request-id'),
        actor: expect.stringMatching(/^[\da-f-]{36}$/) as string,
      },
    ]);
  });

  it('changes nothing when the entry cannot be written', async () => {
    const { id, token } = await join();
    const record = vi.spyOn(test.app.get(AuditService), 'record');
    record.mockRejectedValueOnce(new Error('the trail is full'));
    const path = `/v1/users/${id}/role`;
    const refused = await api.request('PUT', path, { role: 'support' }, { token: admin });
    record.mockRestore();
    expect(refused.status).toBe(500);
    expect((await api.get('/v1/users/me', { token })).body['role']).toBe('user');
    expect(await entries(`subject=${id}&action=user.role_changed`)).toEqual([]);
  });

  it('leaves none when it fails, or is refused before it begins', async () => {
    const nobody = '019aa5b1-4c1e-7d3a-9a53-2f6f2b0a4a11';
    const { id, token } = await join();
    for (const [path, body, by, status] of [
      [`/v1/users/${nobody}/role`, { role: 'support' }, admin, 404],
      [`/v1/users/${id}/role`, { role: 'emperor' }, admin, 400],
      [`/v1/users/${id}/role`, { role: 'admin' }, token, 403],
    ] as const) {
      expect((await api.request('PUT', path, body, { token: by })).status).toBe(status);
    }
    for (const subject of [id, nobody]) {
      expect(await entries(`subject=${subject}&action=user.role_changed`)).toEqual([]);
    }
  });
});

describe('a request that may change something', () => {
  it('leaves who did what, how it ended and how long it took', async () => {
    const { id, token } = await join();
    const { headers } = await api.post(`/v1/users/${id}/disable`, undefined, { token: admin });
    const [disabled] = await entries(`subject=${id}&action=user.disabled`);
    const trace = await traceOf(headers.get('x-request-id')!);
    expect(trace).toMatchObject({
      severity: 'info',
      actor: disabled!.actor,
      subject: id,
      address: '127.0.0.1',
      metadata: {
        method: 'POST',
        route: '/v1/users/:id/disable',
        status: 204,
        outcome: 'succeeded',
        durationMs: expect.any(Number) as number,
      },
    });

    const refused = await api.post('/v1/auth/logout', undefined, { token });
    expect((await traceOf(refused.headers.get('x-request-id')!)).metadata).toMatchObject({
      route: '/v1/auth/logout',
      status: 401,
      outcome: 'refused',
    });
  });

  it('leaves it also when it fails, and nothing of what was sent', async () => {
    const record = vi.spyOn(test.app.get(AuditService), 'record');
    record.mockRejectedValueOnce(new Error('broken'));
    const email = `canary${++count}@example.com`;
    const failed = await api.post('/v1/auth/register?canary=1', { email, password: PASSWORD });
    record.mockRestore();
    expect(failed.status).toBe(500);
    const trace = await traceOf(failed.headers.get('x-request-id')!);
    expect(trace.metadata).toMatchObject({ status: 500, outcome: 'failed' });
    expect(JSON.stringify(trace)).not.toContain('canary');
  });

  it('leaves it when the client does not wait for the answer', async () => {
    const { hostname, port } = new URL(api.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const requestId = `left-early-${count}`;
    const body = JSON.stringify({ email: 'nobody@example.com', password: PASSWORD });
    const text =
      `POST /v1/auth/login HTTP/1.1\r\nhost: x\r\nx-request-id: ${requestId}\r\n` +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    await new Promise((sent) => socket.write(text, sent));
    socket.destroy();
    const { metadata } = await traceOf(requestId);
    expect(metadata).toMatchObject({ outcome: 'refused' });
    // 499 when the work was stopped because nobody waits any more
    expect([401, 499]).toContain(metadata['status']);
  });

  it('names a subject only for those who are known', async () => {
    const { id } = await join();
    const stranger = await api.post(`/v1/users/${id}/disable`);
    expect(stranger.status).toBe(401);
    expect((await traceOf(stranger.headers.get('x-request-id')!)).subject).toBeNull();
  });
});

describe('what leaves no trace of its own', () => {
  it('is what only reads, what found no route, and what the limits refused', async () => {
    await using limited = await startApp({ RATE_LIMIT_AUTH: '2/15m' });
    const token = (await limited.logInAdmin()).accessToken;
    const login = () => limited.api.logIn('nobody@example.com', 'wrong password');
    const answers = [await login(), await login(), await login(), await login()];
    expect(answers.map(({ status }) => status)).toEqual([401, 429, 429, 429]);
    await limited.api.get('/v1/users/me', { token });
    await limited.api.get('/health');
    await limited.api.post('/v1/nowhere', {});
    await limited.api.request('DELETE', '/v1/users/me/export');
    const last = await limited.api.post('/v1/auth/logout', undefined, { token: 'none' });

    const traces = async () => {
      const { body } = await limited.api.get<{ items: AuditEntry[] }>(
        '/v1/audit?action=request.completed&limit=100',
        { token },
      );
      return body.items.map(({ requestId }) => requestId);
    };
    await expect.poll(traces, PATIENCE).toContain(requestIdOf(last));
    const [first, ...refused] = answers.map(requestIdOf);
    const found = await traces();
    expect(found).toContain(first);
    expect(found).toHaveLength(3); // the administrator's sign-in, the first of those above, the last
    expect(found.filter((id) => refused.includes(id))).toEqual([]);
  });
});
