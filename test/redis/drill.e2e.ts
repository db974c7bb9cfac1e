import { expect, it } from 'vitest';
import { runDrill } from '../drill.js';

it('two services keep their promises in every way in which Redis fails', async (context) => {
  const { rows, promises } = await runDrill('redis', (reason) => context.skip(reason));
  expect(promises.filter(({ isKept }) => !isKept)).toEqual([]);
  expect(rows.map(({ state }) => state)).toEqual([
    'refused',
    'reset',
    'vanished',
    'slow',
    'flushed',
    'frozen',
    'killed',
  ]);
}, 300_000);
