import { describe, expect, it } from 'vitest';
import { Config } from './config.js';
import { formatValue } from './formatters.js';
import { durationMs, list, proxies, rate, sizeBytes } from './parsers.js';
import { settingsOf, type EnvironmentName } from './setting.decorators.js';

const ENVIRONMENTS: EnvironmentName[] = ['development', 'test', 'staging', 'production'];

describe('a value in the start log and in the templates', () => {
  it.each([
    [900_000, durationMs, '15m'],
    [30 * 86_400_000, durationMs, '30d'],
    [90_000, durationMs, '90s'],
    [1_500, durationMs, '1500ms'],
    [0, durationMs, '0ms'],
    [10_485_760, sizeBytes, '10m'],
    [1_000, sizeBytes, '1000'],
    [{ limit: 5, windowMs: 900_000 }, rate, '5/15m'],
    [['https://a.example', 'https://b.example'], list, 'https://a.example,https://b.example'],
    [['10.0.0.0/8', '::1'], proxies, '10.0.0.0/8,::1'],
    [2, proxies, '2'],
    [3000, undefined, '3000'],
    [undefined, undefined, ''],
  ])('shows %o as %s would read it: %s', (value, parse, text) => {
    expect(formatValue(value, parse)).toBe(text);
  });

  it.each([...settingsOf(Config)])('can be read back: the defaults of %s', (_, setting) => {
    for (const environment of ENVIRONMENTS) {
      const value: unknown =
        typeof setting.default === 'function' ? setting.default(environment) : setting.default;
      if (value === undefined) continue;
      const text = formatValue(value, setting.parse);
      expect(setting.parse ? setting.parse(text) : text).toEqual(value);
    }
  });
});
