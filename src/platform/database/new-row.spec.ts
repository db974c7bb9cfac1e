import { expect, it, vi } from 'vitest';
import type { Database } from './database.js';
import { NewRow } from './new-row.js';

const fields = { id: 'id', passwordHash: 'passwordHash' };

it('gives every column its value as a parameter, counted as a create is', async () => {
  const writeRow = vi.fn<(...given: unknown[]) => Promise<void>>().mockResolvedValue();
  const database = { writeRow } as unknown as Database;
  const row = { id: 'a', passwordHash: null };
  await new NewRow(database, { model: 'User', table: 'users', fields }).insert(row);
  expect(writeRow).toHaveBeenCalledWith(
    'User',
    expect.objectContaining({
      text: 'INSERT INTO users ("id", "password_hash") VALUES ($1, $2)',
      operation: 'user.create',
      kind: 'write',
    }),
    ['id', 'passwordHash'],
    row,
  );
});
