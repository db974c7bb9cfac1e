import { beforeEach, expect, it, vi } from 'vitest';
import type { AuditService } from '#features/audit/audit.service';
import type { UsersService } from '#features/users/users.service';
import type { Database } from '#platform/database/database';
import type { Queue } from '#platform/queue/queue';
import { fake } from '../../../test/fake.js';
import { LetterToOwner } from './owner-letters.js';
import { RegistrationService } from './registration.service.js';

const ada = { email: 'ada@example.com', password: 'correct horse battery staple' };

const addUnlessTaken = vi.fn();
const record = vi.fn();
const send = vi.fn();
const registration = new RegistrationService(
  fake<UsersService>({ hashPassword: () => Promise.resolve('hash'), addUnlessTaken }),
  fake<AuditService>({ record }),
  fake<Queue>({ send }),
  fake<Database>({ transaction: (work) => work() }),
);

beforeEach(() => {
  vi.resetAllMocks();
});

it.each([
  ['a new address', true, 'user.registered', 'verify-email'],
  ['an address that is taken', false, 'user.registration_repeated', 'registered-again'],
])('takes the same steps for %s', async (_what, isNew, action, kind) => {
  addUnlessTaken.mockResolvedValue({ user: { id: 'u1', email: ada.email }, isNew });
  await expect(registration.register(ada)).resolves.toBeUndefined();
  expect(addUnlessTaken).toHaveBeenCalledExactlyOnceWith({
    email: ada.email,
    name: undefined,
    passwordHash: 'hash',
  });
  expect(record).toHaveBeenCalledExactlyOnceWith(action, { subject: 'u1' });
  expect(send).toHaveBeenCalledExactlyOnceWith(LetterToOwner, { kind, email: ada.email });
});

it('fails when its audit entry cannot be written', async () => {
  addUnlessTaken.mockResolvedValue({ user: { id: 'u1', email: ada.email }, isNew: true });
  record.mockRejectedValue(new Error('no audit'));
  await expect(registration.register(ada)).rejects.toThrow('no audit');
  expect(send).not.toHaveBeenCalled();
});
