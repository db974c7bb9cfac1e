import { describe, expect, it } from 'vitest';
import { nameOf, refuseSuspiciousSql, SuspiciousSql, trustSql } from './raw-sql.js';

describe('raw SQL', () => {
  it.each([
    ['parameters', 'SELECT id FROM users WHERE email = $1 AND role <> $2'],
    ['a word as a state', `UPDATE job SET state = 'failed' WHERE id = $1::uuid`],
    ['an array and a JSON path', `SELECT output->>'message' FROM job WHERE tags = '{a,b}'`],
    ['quoted names, in which anything may stand', `SELECT "a -- b", "a ""c""" FROM x`],
    ['a semicolon at the end', 'SELECT 1 ;\n'],
    ['numbers that differ', 'SELECT 1 FROM x WHERE 1 = 11 AND level = 2'],
  ])('with %s is taken', (_what, text) => {
    expect(() => refuseSuspiciousSql(text)).not.toThrow();
  });

  it.each([
    ['a string in it', `SELECT 1 FROM users WHERE email = 'ada@example.com'`],
    ['a string in it', `SELECT 1 FROM users WHERE name = 'O''Brien'`],
    ['a quote that is not closed', `SELECT 1 FROM users WHERE name = 'ada`],
    ['a comment', 'SELECT 1 FROM users WHERE name = $1 -- AND disabled_at IS NULL'],
    ['a comment', 'SELECT/**/1'],
    ['several statements', 'SELECT 1; DROP TABLE users'],
    ['a condition that is always true', 'SELECT 1 FROM users WHERE name = $1 OR 1 = 1'],
  ])('with %s is refused: %s', (found, text) => {
    expect(() => refuseSuspiciousSql(text)).toThrow(SuspiciousSql);
    // a refused text is not remembered as a good one
    expect(() => refuseSuspiciousSql(text)).toThrow(found);
  });

  it('of a library is taken as it is, and only that text', () => {
    const text = `SELECT 'whatever a library writes' -- in its own way`;
    trustSql(text);
    expect(() => refuseSuspiciousSql(text)).not.toThrow();
    expect(() => refuseSuspiciousSql(`${text}, too`)).toThrow(SuspiciousSql);
  });

  it('is still judged after more texts than are remembered', () => {
    for (let i = 0; i < 1_001; i++) refuseSuspiciousSql(`SELECT ${i}`);
    expect(() => refuseSuspiciousSql('SELECT 0; SELECT 1')).toThrow(SuspiciousSql);
    expect(() => refuseSuspiciousSql('SELECT 0')).not.toThrow();
  });

  it('is named by the word that it begins with', () => {
    expect(nameOf('\n  WITH taken AS (DELETE FROM x) SELECT 1')).toBe('sql with');
    expect(nameOf('select 1')).toBe('sql select');
    expect(nameOf('')).toBe('sql ');
  });
});
