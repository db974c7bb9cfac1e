import { expect, it } from 'vitest';
import { runDrill } from '../../drill.js';

it('the clock drill, in its short form, keeps every promise', async ({ skip }) => {
  const { rows, promises } = await runDrill('clock', skip);
  expect(promises.filter(({ isKept }) => !isKept)).toEqual([]);
  expect(rows).toHaveLength(4);
}, 300_000);
