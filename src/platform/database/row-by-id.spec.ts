import { expect, it, vi } from 'vitest';
import type { Database } from './database.js';
import { RowById } from './row-by-id.js';

const fields = { id: 'id', passwordHash: 'passwordHash', emailVerifiedAt: 'emailVerifiedAt' };

function over(rows: object[]) {
  const readRows = vi.fn<(...given: unknown[]) => Promise<object[]>>().mockResolvedValue(rows);
  const database = { readRows } as unknown as Database;
  return { readRows, byId: new RowById(database, { model: 'User', table: 'users', fields }) };
}

it('asks for the columns under the names that Prisma has for them, and gives the id as a parameter', async () => {
  const { byId, readRows } = over([{ id: 'a' }]);
  expect(await byId.find('a')).toEqual({ id: 'a' });
  expect(readRows).toHaveBeenCalledWith(
    'User',
    expect.objectContaining({
      text: 'SELECT "id" AS "id", "password_hash" AS "passwordHash", "email_verified_at" AS "emailVerifiedAt" FROM users WHERE id = $1',
      operation: 'user.findUnique',
    }),
    ['a'],
  );
});

it('is null where there is no such row', async () => {
  expect(await over([]).byId.find('a')).toBeNull();
});
