import { expect, it } from 'vitest';
import { fake } from '../../../test/fake.js';
import type { Config } from '#platform/config/config';
import { defaultRules } from './default-rules.js';
import { dryRun } from './dry-run.js';

const [memory] = defaultRules(fake<Config>({ ALERT_MEMORY_PERCENT: 80 }));
const endsAt = new Date('2026-01-01T01:00:00Z');

/** The hour before, by stretches of minutes. */
function past(...stretches: [value: number | null, minutes: number][]) {
  const values = stretches.flatMap(([value, minutes]) =>
    Array.from({ length: minutes * 12 }, () => value),
  );
  return { endsAt, resolutionSeconds: 5, series: { memoryRatio: values } };
}

it('says when a rule would have called, how badly, and until when', () => {
  const history = past([0.5, 20], [0.9, 10], [0.97, 5], [0.5, 25]);
  expect(dryRun(memory!, history)).toEqual([
    {
      from: new Date('2026-01-01T00:21:00Z'),
      to: new Date('2026-01-01T00:36:00Z'),
      severity: 'high',
      worst: 0.97,
    },
  ]);
});

it('says what would be active still', () => {
  const [episode, ...more] = dryRun(memory!, past([0.5, 50], [0.9, 10]));
  expect(episode).toMatchObject({ to: null, severity: 'medium' });
  expect(more).toEqual([]);
});

it('tries a threshold that is not in force', () => {
  const history = past([0.5, 30], [0.9, 30]);
  expect(dryRun({ ...memory!, threshold: 0.95, clearAt: 0.9 }, history)).toEqual([]);
  expect(dryRun({ ...memory!, threshold: 0.4, clearAt: 0.3 }, history)).toHaveLength(1);
});

it('knows nothing of a time that is not known', () => {
  expect(dryRun(memory!, past([null, 60]))).toEqual([]);
  expect(dryRun(memory!, { endsAt, resolutionSeconds: 5, series: {} })).toEqual([]);
});
