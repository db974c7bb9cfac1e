import { describe, expect, it } from 'vitest';
import { createCandidateScan } from './candidate-scan.js';
import type { Candidate } from './checks-by-signs.js';
import { checksOf } from './rule.js';
import { rules } from './rules/catalogue.js';
import { signsOf } from './signs.js';

const alike = (text: string): string =>
  text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).replace(/\d/g, '0');
const checks = rules.flatMap((rule) => checksOf(rule).map((check) => ({ rule, check })));

/** What the scan promises, said plainly: a check needs its signs and, if it has hints, one of them. */
function candidatesOf(text: string): readonly Candidate[] {
  const signs = signsOf(text);
  return checks
    .filter(({ rule: { needs } }) => (needs & signs) === needs)
    .filter(({ check: { hints } }) => !hints || hints.some((hint) => occurs(hint, text)));
}

/** A digit in a hint of several characters stands for any digit. */
function occurs(hint: string, text: string): boolean {
  return hint.length > 1 ? alike(text).includes(alike(hint)) : text.toLowerCase().includes(hint);
}

const scan = createCandidateScan(rules);
const texts = rules.flatMap(({ attack, innocent }) =>
  [attack, innocent, attack.toUpperCase(), `${innocent} ${attack}`].concat(attack.split(/(?=\W)/)),
);

describe('the first pass over a text', () => {
  it('finds the checks that can match, in the order of the catalogue, and no others', () => {
    for (const text of texts) {
      expect({ text, candidates: scan(text).candidates }).toEqual({
        text,
        candidates: candidatesOf(text),
      });
    }
  });

  it('says the same again, whatever it read in between', () => {
    const before = texts.map((text) => scan(text).candidates);
    expect(texts.toReversed().map((text) => scan(text).candidates)).toEqual(before.toReversed());
  });

  it('tells which signs there are', () => {
    for (const text of [...texts, 'naïve ’quotes’', '＜script＞', '\u0000']) {
      expect(scan(text).signs).toBe(signsOf(text));
    }
  });
});
