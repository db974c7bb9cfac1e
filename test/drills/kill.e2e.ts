import { expect, it } from 'vitest';
import { ADMIN } from '../app.js';
import type { Api, AuditEntry } from '../api.js';
import { Services } from '../service.js';

const REGISTRATIONS = 200;
const services = new Services();

async function everyPage<T>(api: Api, path: string, token: string): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const separator = path.includes('?') ? '&' : '?';
    const { body }: { body: { items: T[]; nextCursor: string | null } } = await api.get(
      `${path}${separator}limit=100${cursor && `&cursor=${cursor}`}`,
      { token },
    );
    items.push(...body.items);
    cursor = body.nextCursor;
  }
  return items;
}

it.each([10, 60, 120])(
  'after SIGKILL at the %ith of 200 registrations, what was acknowledged is there and nothing is half there',
  async (killAfter) => {
    const service = services.start();
    const api = await service.ready();
    const acknowledged: string[] = [];
    await Promise.all(
      Array.from({ length: REGISTRATIONS }, async (_, i) => {
        const email = `user${i}@example.com`;
        const answer = await api.register(email).catch(() => null); // the kill cuts connections
        if (answer?.status === 202) acknowledged.push(email);
        if (acknowledged.length === killAfter) service.signal('SIGKILL');
      }),
    );
    await service.exit;
    expect(acknowledged.length).toBeGreaterThanOrEqual(killAfter);

    const again = await services.start().ready();
    const { accessToken } = (await again.logIn(ADMIN.email, ADMIN.password)).body;
    const users = await everyPage<{ id: string; email: string }>(again, '/v1/users', accessToken);
    const entries = await everyPage<AuditEntry>(
      again,
      '/v1/audit?action=user.registered',
      accessToken,
    );
    const registered = users.filter(({ email }) => email.startsWith('user'));
    expect(registered.map(({ email }) => email)).toEqual(expect.arrayContaining(acknowledged));
    expect(new Set(entries.map(({ subject }) => subject))).toEqual(
      new Set(registered.map(({ id }) => id)),
    );
    expect(entries).toHaveLength(registered.length);
    expect((await again.logIn(acknowledged[0]!)).status).toBe(200);
  },
);
