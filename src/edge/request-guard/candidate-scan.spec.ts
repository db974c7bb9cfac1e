import { describe, expect, it } from 'vitest';
import { createCandidateScan } from './candidate-scan.js';
import { rules } from './rules/catalogue.js';
import { signsOf } from './signs.js';

/** What the scan promises, said plainly: a rule needs its signs and, if it has hints, one of them. */
function candidatesOf(text: string): string[] {
  const lower = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const signs = signsOf(text);
  return rules
    .filter(({ needs }) => (needs & signs) === needs)
    .filter(({ hints }) => !hints || hints.some((hint) => lower.includes(hint)))
    .map(({ id }) => id);
}

const scan = createCandidateScan(rules);
const texts = rules.flatMap(({ attack, innocent }) =>
  [attack, innocent, attack.toUpperCase(), `${innocent} ${attack}`].concat(attack.split(/(?=\W)/)),
);

describe('the first pass over a text', () => {
  it('finds the rules that can match, in the order of the catalogue, and no others', () => {
    for (const text of texts) {
      expect({ text, ids: scan(text).candidates.map(({ id }) => id) }).toEqual({
        text,
        ids: candidatesOf(text),
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
