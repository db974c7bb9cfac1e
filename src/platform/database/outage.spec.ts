import { BrokenCircuitError } from 'cockatiel';
import { describe, expect, it } from 'vitest';
import { DatabaseUnavailable } from '../errors/problems.js';
import { Silence } from '../resilience/silence.js';
import { NoConnection } from './no-connection.js';
import { hadNoEffect, isConflict, isDown, isDuplicate, isOutage, isRefusedData } from './outage.js';

const withCode = (code: string) => Object.assign(new Error('failed'), { code });
const wrapped = (kind: string) => new Error('failed', { cause: { kind } });

describe('an error of the database', () => {
  it.each([
    ['refused', withCode('ECONNREFUSED')],
    ['reset', withCode('ECONNRESET')],
    ['shut down by the administrator', withCode('57P01')],
    ['out of connections', withCode('53300')],
    ['out of disk', withCode('53100')],
    ['read-only', withCode('25006')],
    ['unreachable, says Prisma', withCode('P1001')],
    ['a closed connection, says the adapter', wrapped('ConnectionClosed')],
    ['a read timeout', new Error('Query read timeout')],
    ['without a connection', new NoConnection(withCode('28000'))],
    ['a terminated connection', new Error('Connection terminated unexpectedly')],
    ['silent', new Silence()],
    ['not even tried', new BrokenCircuitError()],
    ['an outage below', new DatabaseUnavailable({ cause: new Silence() })],
  ])('is an outage when it was %s', (_what, error) => {
    expect(isOutage(error)).toBe(true);
    expect(isConflict(error)).toBe(false);
  });

  it.each([
    ['a duplicate', withCode('23505')],
    ['a broken constraint', withCode('23514')],
    ['bad SQL', withCode('42601')],
    ['a conflict', withCode('40001')],
    ['a bug of ours', new TypeError('x is not a function')],
    ['no error at all', undefined],
    ['text', 'ECONNREFUSED'],
  ])('is no outage when it is %s', (_what, error) => {
    expect(isOutage(error)).toBe(false);
  });

  it('had no effect only when the server never began or rolled back', () => {
    for (const code of ['ECONNREFUSED', '53300', '57P03', '40001', '40P01', 'P2034']) {
      expect({ code, safe: hadNoEffect(withCode(code)) }).toEqual({ code, safe: true });
    }
    for (const code of ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', '57P01', 'P1017', 'P2028', '23505']) {
      expect({ code, safe: hadNoEffect(withCode(code)) }).toEqual({ code, safe: false });
    }
    expect(hadNoEffect(new Silence())).toBe(false);
  });

  it('means that all is down when no connection could be had, and not when a query took too long', () => {
    const refused = new NoConnection(withCode('28P01'));
    expect({ down: isDown(refused), safe: hadNoEffect(refused) }).toEqual({
      down: true,
      safe: true,
    });
    expect(isDown(new Error('Query read timeout'))).toBe(false);
  });

  it('is about the data when any other time would bring the same answer', () => {
    for (const code of ['22P05', '23514', '54000']) {
      expect({ code, refused: isRefusedData(withCode(code)) }).toEqual({ code, refused: true });
    }
    for (const code of ['42P01', '53100', '57P01', 'ECONNREFUSED']) {
      expect({ code, refused: isRefusedData(withCode(code)) }).toEqual({ code, refused: false });
    }
  });

  it('is a duplicate in the words of Prisma and of PostgreSQL', () => {
    expect([withCode('P2002'), withCode('23505'), withCode('23503')].map(isDuplicate)).toEqual([
      true,
      true,
      false,
    ]);
  });
});
