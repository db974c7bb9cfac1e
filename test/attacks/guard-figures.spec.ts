import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inspectText } from '#edge/request-guard/inspect';
import { normaliseText, refusedControls } from '#edge/request-guard/normalise';
import { corpus } from '../corpora.js';

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

describe('the guard on public collections', () => {
  const publicAttacks = corpus<Case>('attack.dev');
  const publicTexts = corpus<Case>('benign.dev');
  const families = [...new Set(publicAttacks.map(({ label }) => label))];

  it.skipIf(families.length === 0)('detects at least 90 % of every family', () => {
    const missed = families.filter((family) => {
      const group = publicAttacks.filter(({ label }) => label === family);
      return share(group, isFlagged) < 0.9;
    });
    expect(missed).toEqual([]);
  });

  it.skipIf(publicTexts.length === 0)(
    'flags few honest texts, and stores all byte for byte',
    () => {
      for (const [tier, ceiling] of [
        ['A', 0.003],
        ['B', 0.03],
        ['C', 0.03],
      ] as const) {
        const group = publicTexts.filter((one) => one.tier === tier);
        expect(group.length).toBeGreaterThan(0);
        expect({ tier, isWithin: share(group, isFlagged) <= ceiling }).toEqual({
          tier,
          isWithin: true,
        });
      }
      const kept = publicTexts.filter(({ input }) => input.search(refusedControls) === -1);
      expect(kept.length).toBeGreaterThan(publicTexts.length * 0.99);
      for (const { input } of kept) expect(normaliseText(input)).toBe(input);
    },
  );
});
