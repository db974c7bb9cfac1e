import { addAll, checkSet, select, type CheckSet } from './check-set.js';
import { ChecksBySigns, type Candidate } from './checks-by-signs.js';
import { buildHintAutomaton, CLASS_BITS } from './hint-automaton.js';
import { checksOf, type Rule } from './rule.js';
import { beyondAsciiSigns, signOfCode } from './signs.js';

/** What one pass over a text found: its signs, and the checks that can match at all. */
export interface Scan {
  readonly signs: number;
  readonly candidates: readonly Candidate[];
}

/**
 * Builds the guard's first pass: an Aho-Corasick automaton over the hints of all checks, so that one
 * table look-up per character tells which of some hundreds of words occur. Hints of a single
 * character are bits, like the signs: they are too frequent for anything dearer.
 */
export function createCandidateScan(rules: readonly Rule[]): (text: string) => Scan {
  const all = rules.flatMap((rule) => checksOf(rule).map((check) => ({ rule, check })));
  const { classOf, next, firstHit, hits } = buildHintAutomaton(
    all.map(({ check: { hints = [] } }) => hints.filter((hint) => hint.length > 1)),
  );
  const bySigns = new ChecksBySigns(all);
  const { singleOf } = bySigns;
  const hitSets = hits.map((positions) => checkSet(all.length, positions));
  const suggested = checkSet(all.length, []); // made once: most texts are a few characters long
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
      state = next[(state << CLASS_BITS) | letter] as number;
      if (state >= firstHit) {
        isHinted = true;
        addAll(suggested, hitSets[state - firstHit] as CheckSet);
      }
    }
    const eligible = bySigns.of(signs, singles);
    if (!isHinted) return { signs, candidates: eligible.candidates };
    const candidates = select(all, eligible.always, suggested, eligible.possible);
    suggested.fill(0);
    return { signs, candidates };
  };
}
