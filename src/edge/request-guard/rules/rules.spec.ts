import { describe, expect, it } from 'vitest';
import { inspectText } from '../inspect.js';
import { rules } from './catalogue.js';

describe('every rule', () => {
  it('has an id of its own', () => {
    expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length);
  });

  for (const rule of rules) {
    const place = rule.places?.[0] ?? 'body';

    it(`${rule.id} fires on its attack`, () => {
      expect(inspectText(rule.attack, place).findings.map((finding) => finding.rule)).toContain(
        rule.id,
      );
    });

    it(`${rule.id} leaves its innocent text alone`, () => {
      expect(inspectText(rule.innocent, place).findings).toEqual([]);
    });
  }
});
