import { expect, it } from 'vitest';
import { runDrill } from '../../drill.js';

it('the shutdown drill, in its short form, keeps every promise', async ({ skip }) => {
  const { rows, promises } = await runDrill('shutdown', skip);
  expect(promises.filter(({ isKept }) => !isKept)).toEqual([]);
  expect(rows.map(({ state }) => state)).toEqual([
    'SIGTERM 1',
    'second signal',
    'uncaught exception',
    'unhandled rejection',
  ]);
}, 300_000);
