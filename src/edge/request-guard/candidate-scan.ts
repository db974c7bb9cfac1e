import { buildHintAutomaton } from './hint-automaton.js';
import type { Rule } from './rule.js';
import { addAll, ruleSet, select, type RuleSet } from './rule-set.js';
import { RulesBySigns } from './rules-by-signs.js';
import { beyondAsciiSigns, signOfCode } from './signs.js';

/** What one pass over a text found: its signs, and the rules that can match at all. */
export interface Scan {
  readonly signs: number;
  readonly candidates: readonly Rule[];
}

/**
 * Builds the guard's first pass: an Aho-Corasick automaton over the hints of all rules, so that one
 * table look-up per character tells which of some hundreds of words occur. Hints of a single
 * character are bits, like the signs: they are too frequent for anything dearer.
 */
export function createCandidateScan(rules: readonly Rule[]): (text: string) => Scan {
  const { classOf, next, shift, firstHit, hits } = buildHintAutomaton(rules);
  const bySigns = new RulesBySigns(rules);
  const { singleOf } = bySigns;
  const hitSets = hits.map((positions) => ruleSet(rules.length, positions));
  const suggested = ruleSet(rules.length, []); // made once: most texts are a few characters long
  return (text) => {
    let signs = 0;
    let singles = 0;
    let state = 0;
    let isHinted = false;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      let letter = 0;
      if (code < 128) {
        signs |= signOfCode[code] as number;
        singles |= singleOf[code] as number;
        letter = classOf[code] as number;
      } else signs |= beyondAsciiSigns(code);
      state = next[state | letter] as number;
      if (state >= firstHit) {
        isHinted = true;
        addAll(suggested, hitSets[(state - firstHit) >> shift] as RuleSet);
      }
    }
    const eligible = bySigns.of(signs, singles);
    if (!isHinted) return { signs, candidates: eligible.rules };
    const candidates = select(rules, eligible.always, suggested, eligible.possible);
    suggested.fill(0);
    return { signs, candidates };
  };
}
