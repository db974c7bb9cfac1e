import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inspectText } from '#edge/request-guard/inspect';
import { normaliseText } from '#edge/request-guard/normalise';

interface Case {
  readonly input: string;
  readonly label: string;
  readonly tier?: string;
}

const folder = new URL('cases/', import.meta.url);
const cases = readdirSync(folder)
  .filter((name) => name.endsWith('.jsonl'))
  .flatMap((name) => readFileSync(new URL(name, folder), 'utf8').trimEnd().split('\n'))
  .map((line) => JSON.parse(line) as Case);
const attacks = cases.filter((one) => one.tier === undefined);
const benign = cases.filter((one) => one.tier !== undefined);

const share = (group: readonly Case[], holds: (one: Case) => boolean): number =>
  group.filter(holds).length / group.length;
const isFlagged = ({ input }: Case): boolean => inspectText(input).action !== 'pass';
const isBlocked = ({ input }: Case): boolean => inspectText(input).action === 'block';

describe('the guard on our own attacks', () => {
  for (const family of new Set(attacks.map(({ label }) => label))) {
    it(`detects at least 97 % of ${family}`, () => {
      const group = attacks.filter(({ label }) => label === family);
      expect(group.length).toBeGreaterThanOrEqual(40);
      expect(share(group, isFlagged)).toBeGreaterThanOrEqual(0.97);
    });
  }

  it('blocks more than half of them outright', () => {
    expect(share(attacks, isBlocked)).toBeGreaterThan(0.5);
  });
});

describe('the guard on our own honest texts', () => {
  it.each([
    ['A', 0],
    ['B', 0.03],
    ['C', 0.03],
    ['D', 0.15],
  ])('flags at most its share of tier %s', (tier, ceiling) => {
    expect(
      share(
        benign.filter((one) => one.tier === tier),
        isFlagged,
      ),
    ).toBeLessThanOrEqual(ceiling);
  });

  it('blocks none of them', () => {
    expect(benign.filter(isBlocked)).toEqual([]);
  });

  it('stores every one byte for byte', () => {
    for (const { input } of benign) expect(normaliseText(input)).toBe(input);
  });
});
