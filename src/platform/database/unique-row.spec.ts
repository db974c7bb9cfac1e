import { expect, it, vi } from 'vitest';
import type { Database } from './database.js';
import { UniqueRow } from './unique-row.js';

interface Row {
  readonly id: string;
  readonly email: string;
}

const fields = { id: 'id', passwordHash: 'passwordHash', emailVerifiedAt: 'emailVerifiedAt' };

const table = { model: 'User', table: 'users', fields } as const;

function over(rows: object[], key: keyof Row = 'id') {
  const readRows = vi.fn<(...given: unknown[]) => Promise<object[]>>().mockResolvedValue(rows);
  const database = { readRows } as unknown as Database;
  return { readRows, row: new UniqueRow<Row>(database, table, key) };
}

it('asks for the columns under the names that Prisma has for them, and gives the id as a parameter', async () => {
  const { row, readRows } = over([{ id: 'a' }]);
  expect(await row.find('a')).toEqual({ id: 'a' });
  expect(readRows).toHaveBeenCalledWith(
    'User',
    expect.objectContaining({
      text: 'SELECT "id" AS "id", "password_hash" AS "passwordHash", "email_verified_at" AS "emailVerifiedAt" FROM users WHERE "id" = $1',
      operation: 'user.findUnique',
    }),
    ['a'],
  );
});

it('asks by another column under another name, so that a connection keeps both statements', async () => {
  const names = [];
  for (const key of ['id', 'email'] as const) {
    const { row, readRows } = over([], key);
    await row.find('x');
    names.push((readRows.mock.calls[0]![1] as { name: string }).name);
  }
  expect(names).toEqual(['users.findUnique id', 'users.findUnique email']);
});

it('is null where there is no such row', async () => {
  expect(await over([]).row.find('a')).toBeNull();
});
