import type { IncomingMessage } from 'node:http';
import { validate, version } from 'uuid';
import { expect, it } from 'vitest';
import { requestIdOf } from './request-id.js';

const idOfNobody = () => requestIdOf({ headers: {} } as IncomingMessage);

it('is a UUIDv7, another one each time', () => {
  const ids = Array.from({ length: 1_000 }, idOfNobody);
  for (const id of ids) {
    expect(validate(id)).toBe(true);
    expect(version(id)).toBe(7);
  }
  expect(new Set(ids).size).toBe(ids.length);
});

it('sorts by the millisecond in which it was made', () => {
  const before = Date.now();
  const made = Number.parseInt(idOfNobody().replace('-', '').slice(0, 12), 16);
  expect(made).toBeGreaterThanOrEqual(before);
  expect(made).toBeLessThanOrEqual(Date.now());
});
