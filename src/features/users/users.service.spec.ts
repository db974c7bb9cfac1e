import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AuditService } from '#features/audit/audit.service';
import type { Database } from '#platform/database/database';
import { fake } from '../../../test/fake.js';
import type { PasswordHasher } from './password-hasher.js';
import { EmailTaken } from './users.problems.js';
import type { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

const ada = { email: 'ada@example.com', password: 'correct horse' };

const insert = vi.fn();
const findByEmail = vi.fn();
const updatePasswordHash = vi.fn();
const record = vi.fn();
const matches = vi.fn();
const isOutdated = vi.fn();

const users = new UsersService(
  fake<UsersRepository>({ insert, findByEmail, updatePasswordHash }),
  fake<PasswordHasher>({ hash: () => Promise.resolve('hash'), matches, isOutdated }),
  fake<AuditService>({ record }),
  fake<Database>({ transaction: (work) => work() }),
);

beforeEach(() => {
  vi.resetAllMocks();
  record.mockResolvedValue(undefined);
});

describe('registering', () => {
  it('records the new user', async () => {
    insert.mockResolvedValue({ id: 'u1' });
    await users.register(ada);
    expect(record).toHaveBeenCalledExactlyOnceWith('user.registered', { subject: 'u1' });
  });

  it('answers alike when the address is taken, and records that it was tried again', async () => {
    insert.mockRejectedValue(new EmailTaken());
    findByEmail.mockResolvedValue({ id: 'u1' });
    await expect(users.register(ada)).resolves.toBeUndefined();
    expect(record).toHaveBeenCalledExactlyOnceWith('user.registration_repeated', { subject: 'u1' });
  });

  it('fails when its audit entry cannot be written', async () => {
    insert.mockResolvedValue({ id: 'u1' });
    record.mockRejectedValue(new Error('no audit'));
    await expect(users.register(ada)).rejects.toThrow('no audit');
  });
});

describe('finding a user by credentials', () => {
  it('compares with a hash of nobody when there is no user', async () => {
    findByEmail.mockResolvedValue(null);
    matches.mockResolvedValue(false);
    expect(await users.findByCredentials(ada.email, ada.password)).toBeNull();
    expect(matches).toHaveBeenCalledExactlyOnceWith(ada.password, null);
    expect(record).toHaveBeenCalledExactlyOnceWith('auth.login_failed', { subject: undefined });
  });

  it('hashes anew when the parameters have changed', async () => {
    findByEmail.mockResolvedValue({ id: 'u1', passwordHash: 'old' });
    matches.mockResolvedValue(true);
    isOutdated.mockReturnValue(true);
    expect(await users.findByCredentials(ada.email, ada.password)).toMatchObject({ id: 'u1' });
    expect(updatePasswordHash).toHaveBeenCalledExactlyOnceWith('u1', 'hash');
    expect(record).toHaveBeenCalledExactlyOnceWith('user.password_rehashed', { subject: 'u1' });
  });
});
