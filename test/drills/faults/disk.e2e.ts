import { expect, it } from 'vitest';
import { runDrill } from '../../drill.js';

it('the disk drill, in its short form, keeps every promise', async ({ skip }) => {
  const { rows, promises } = await runDrill('disk', skip);
  expect(promises.filter(({ isKept }) => !isKept)).toEqual([]);
  expect(rows).toHaveLength(4);
}, 300_000);
