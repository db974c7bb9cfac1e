import { expect, it } from 'vitest';
import { runDrill } from '../../drill.js';

it('the database drill, in its short form, keeps every promise', async ({ skip }) => {
  const { rows, promises } = await runDrill('database', skip);
  expect(promises.filter(({ isKept }) => !isKept)).toEqual([]);
  expect(promises.length).toBeGreaterThan(8);
  const states = rows.map(({ state }) => state);
  expect(states).toEqual(expect.arrayContaining(['login refused', 'one table locked', 'failover']));
});
