import { expect, it } from 'vitest';
import { runDrill } from '../../drill.js';

it('the overload drill, in its short form, keeps every promise', async ({ skip }) => {
  const { rows, promises } = await runDrill('overload', skip);
  expect(promises.filter(({ isKept }) => !isKept)).toEqual([]);
  expect(rows.map(({ phase }) => phase)).toEqual(['peak', '10 × peak', 'afterwards']);
}, 300_000);
