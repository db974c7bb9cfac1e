import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AuditService } from '#features/audit/audit.service';
import type { Database } from '#platform/database/database';
import { fake } from '../../../test/fake.js';
import type { PasswordHasher } from './password-hasher.js';
import type { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

const ada = { email: 'ada@example.com', password: 'correct horse' };

const findByEmail = vi.fn();
const replacePasswordHash = vi.fn();
const record = vi.fn();
const matches = vi.fn();
const isOutdated = vi.fn();

const users = new UsersService(
  fake<UsersRepository>({ findByEmail, replacePasswordHash }),
  fake<PasswordHasher>({ hash: () => Promise.resolve('hash'), matches, isOutdated }),
  fake<AuditService>({ record }),
  fake<Database>({ transaction: (work) => work() }),
);

beforeEach(() => {
  vi.resetAllMocks();
  record.mockResolvedValue(undefined);
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
    isOutdated.mockReturnValueOnce(true);
    replacePasswordHash.mockResolvedValue(true);
    expect(await users.findByCredentials(ada.email, ada.password)).toMatchObject({ id: 'u1' });
    expect(replacePasswordHash).toHaveBeenCalledExactlyOnceWith('u1', 'old', 'hash');
    expect(record).toHaveBeenCalledExactlyOnceWith('user.password_rehashed', {
      actor: 'u1',
      subject: 'u1',
    });
  });

  it('leaves a password alone that was set meanwhile, and does not open the account with the old one', async () => {
    findByEmail.mockResolvedValue({ id: 'u1', passwordHash: 'old' });
    matches.mockResolvedValueOnce(true).mockResolvedValue(false);
    isOutdated.mockReturnValue(true);
    replacePasswordHash.mockResolvedValue(false);
    expect(await users.findByCredentials(ada.email, ada.password)).toBeNull();
    expect(record).toHaveBeenCalledExactlyOnceWith('auth.login_failed', { subject: 'u1' });
  });
});
