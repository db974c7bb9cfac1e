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

it('after SIGKILL at the 10th, 60th and 120th of 200 registrations, what was acknowledged is there and nothing is half there', async () => {
  const acknowledged: string[] = [];
  let service = services.start();
  let api = await service.ready();
  for (const killAfter of [10, 60, 120]) {
    let count = 0;
    await Promise.all(
      Array.from({ length: REGISTRATIONS }, async (_, i) => {
        const email = `user${i}-of-${killAfter}@example.com`;
        const answer = await api.register(email).catch(() => null); // the kill cuts connections
        if (answer?.status !== 202) return;
        acknowledged.push(email);
        if (++count === killAfter) service.signal('SIGKILL');
      }),
    );
    await service.exit;
    expect(count).toBeGreaterThanOrEqual(killAfter);

    service = services.start();
    api = await service.ready();
    const { accessToken } = (await api.logIn(ADMIN.email, ADMIN.password)).body;
    const users = await everyPage<{ id: string; email: string }>(api, '/v1/users', accessToken);
    const path = '/v1/audit?action=user.registered';
    const entries = await everyPage<AuditEntry>(api, path, accessToken);
    const registered = users.filter(({ email }) => email.startsWith('user'));
    expect(registered.map(({ email }) => email)).toEqual(expect.arrayContaining(acknowledged));
    expect(new Set(entries.map(({ subject }) => subject))).toEqual(
      new Set(registered.map(({ id }) => id)),
    );
    expect(entries).toHaveLength(registered.length);
    expect((await api.logIn(acknowledged.at(-1)!)).status).toBe(200);
  }
});
