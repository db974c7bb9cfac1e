import { describe, expect, it } from 'vitest';
import {
  complexityOf,
  QueryTooComplex,
  refuseTooComplex,
  UnboundedQuery,
} from './query-complexity.js';

const ids = (count: number) => Array.from({ length: count }, (_, i) => `id-${i}`);

describe('the complexity of a query', () => {
  it.each<[string, string, string, object, number]>([
    ['one row', 'User', 'findUnique', { where: { id: 'a' } }, 1],
    ['a page', 'User', 'findMany', { take: 101 }, 101],
    ['a page backwards', 'User', 'findMany', { take: -20 }, 20],
    ['a list without end', 'User', 'findMany', { where: { role: 'admin' } }, Infinity],
    ['groups without end', 'User', 'groupBy', { by: ['role'] }, Infinity],
    ['a number', 'User', 'count', {}, 1],
    ['each value that is compared', 'User', 'findFirst', { where: { id: { in: ids(7) } } }, 8],
    [
      'conditions within conditions',
      'User',
      'findFirst',
      { where: { OR: [{ id: { in: ids(3) } }, { AND: [{ role: 'user' }, { name: 'x' }] }] } },
      1 + 3 + 2,
    ],
    [
      'the one row that each row belongs to',
      'Session',
      'findMany',
      { take: 10, include: { user: true } },
      20,
    ],
    [
      'a list of each row as a full page',
      'User',
      'findMany',
      { take: 10, include: { sessions: true } },
      10 * 101,
    ],
    [
      'a list of each row that says how long',
      'User',
      'findMany',
      { take: 10, select: { id: true, sessions: { take: 5 } } },
      60,
    ],
    [
      'lists of lists',
      'User',
      'findMany',
      { take: 2, include: { sessions: { take: 3, include: { user: { take: 1 } } } } },
      2 * (1 + 3 * 2),
    ],
    ['columns for nothing', 'User', 'findMany', { take: 5, select: { id: true, role: true } }, 5],
    ['what is left out', 'User', 'findMany', { take: 5, include: { sessions: false } }, 5],
    ['how many there are of each', 'User', 'findFirst', { select: { _count: true } }, 1],
    ['each row that is written', 'User', 'createMany', { data: ids(40) }, 40],
    ['a change of however many rows, none of which comes back', 'User', 'updateMany', {}, 0],
    ['what is deleted by its values', 'User', 'deleteMany', { where: { id: { in: ids(9) } } }, 9],
  ])('counts %s', (_what, model, operation, args, complexity) => {
    expect(complexityOf(model, operation, args)).toBe(complexity);
  });
});

const take = (rows: number) => () => refuseTooComplex('User', 'findMany', { take: rows }, 1_000);
const takeAll = () => refuseTooComplex('User', 'findMany', undefined, 1_000);

describe('a query', () => {
  it('may ask for as much as is allowed and no more, which is its caller’s to hear', () => {
    expect(take(1_000)).not.toThrow();
    expect(take(1_001)).toThrow(QueryTooComplex);
    expect(new QueryTooComplex()).toMatchObject({ status: 400, slug: 'query-too-complex' });
  });

  it('for all there is is a mistake of ours, whoever asks', () => {
    expect(takeAll).toThrow(UnboundedQuery);
    expect(takeAll).toThrow('User.findMany without take');
  });
});
