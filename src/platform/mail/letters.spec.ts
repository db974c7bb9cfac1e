import { expect, it, vi } from 'vitest';
import { fake } from '../../../test/fake.js';
import type { Queue } from '../queue/queue.js';
import { Letters } from './letters.js';
import type { Mailer } from './mailer.js';
import { maskAddress } from './mask-address.js';

const send = vi.fn<Queue['send']>();
const letters = new Letters(fake<Queue>({ send }), fake<Mailer>());
const letter = { to: 'ada@example.com', subject: 'Hello', text: 'text', html: 'html' };

it.each([
  'ada@example.com, eve@example.com',
  'ada@example.com\r\nBcc: eve@example.com',
  'Ada <ada@example.com>',
  'ada@example.com>',
  '',
])('a letter to %j is refused', async (to) => {
  await expect(letters.post({ ...letter, to })).rejects.toThrow(TypeError);
  expect(send).not.toHaveBeenCalled();
});

it('a subject is one line of bounded length', async () => {
  const subject = `Hello\r\nBcc: eve@example.com\u2028x\0${'y'.repeat(500)}`;
  await letters.post({ ...letter, subject });
  const sent = send.mock.lastCall![1] as { subject: string };
  expect(sent.subject).toMatch(/^Hello Bcc: eve@example.com x y+$/);
  expect(sent.subject).toHaveLength(200);
});

it('an address in the log is masked', () => {
  expect(maskAddress('ada@example.com')).toBe('a…@example.com');
});
