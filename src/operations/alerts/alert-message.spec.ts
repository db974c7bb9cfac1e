import { expect, it } from 'vitest';
import { fake } from '../../../test/fake.js';
import type { Config } from '#platform/config/config';
import { alertMessage, runbookOf } from './alert-message.js';
import { newAlert } from './alert.js';
import { defaultRules } from './default-rules.js';

const config = fake<Config>({
  NODE_ENV: 'production',
  ALERT_MEMORY_PERCENT: 80,
  ALERT_CPU_PERCENT: 80,
  ALERT_ERROR_PERCENT: 5,
  ALERT_RESPONSE_TIME_MS: 5_000,
  ALERT_RUNBOOKS_URL: undefined,
});

it('tells a small limit as it is, not as none', () => {
  const rule = { ...defaultRules(config)[0]!, series: 'requestsPerSecond', threshold: 0.00123 };
  const alert = { ...newAlert(rule, 'one', 'medium', 12.34, new Date()), value: 12.34 };
  const { text } = alertMessage('raised', rule, alert, ['one'], config);
  expect(text).toContain('is 12.3, limit 0.0012,');
});

it('leads from a rule of the code to its own runbook, and from an added one to what helps with any', () => {
  expect(runbookOf('memory', config)).toBe('docs/runbooks/memory.md');
  expect(runbookOf('orders-open', config)).toBe('docs/runbooks/added-rule.md');
});

it('has limits that a person would write', () => {
  expect(defaultRules(config)[0]).toMatchObject({ threshold: 0.8, clearAt: 0.72 });
});
