import type { Rule } from './rule.js';
import { ruleSet, type RuleSet } from './rule-set.js';

/** What the characters of a text say about the rules, whatever words they make. */
export interface Eligible {
  readonly signs: number;
  readonly singles: number;
  /** These can match; the others only if a word suggests them. */
  readonly rules: readonly Rule[];
  readonly always: RuleSet;
  /** These can match if a word suggests them. */
  readonly possible: RuleSet;
}

/** Of the memory: 512 slots, where everyday texts are of some dozens of kinds. */
const SLOT_BITS = 9;

/** Tells which rules the characters of a text allow. Answers are remembered, in bounded number. */
export class RulesBySigns {
  /** The bit of each ASCII character that is a hint by itself. */
  readonly singleOf = new Int32Array(128);
  private readonly singlesOfRule: readonly (number | undefined)[];
  private readonly known: (Eligible | undefined)[] = Array.from({ length: 1 << SLOT_BITS });
  private used = 0;

  constructor(private readonly rules: readonly Rule[]) {
    this.singlesOfRule = rules.map(({ hints }) => hints && this.singlesAmong(hints));
  }

  /** `singles` are the bits of the characters that occur. */
  of(signs: number, singles: number): Eligible {
    // the upper bits of a product depend on all bits of its factors
    const mixed = Math.imul(signs ^ Math.imul(singles, 0x9e3779b1), 0x85ebca6b);
    const slot = mixed >>> (32 - SLOT_BITS);
    const known = this.known[slot];
    if (known !== undefined && known.signs === signs && known.singles === singles) return known;
    return (this.known[slot] = this.find(signs, singles));
  }

  private find(signs: number, singles: number): Eligible {
    const possible: number[] = [];
    const always: number[] = [];
    this.rules.forEach(({ needs }, position) => {
      if ((needs & signs) !== needs) return;
      possible.push(position);
      const hinted = this.singlesOfRule[position];
      if (hinted === undefined || (hinted & singles) !== 0) always.push(position);
    });
    const { length } = this.rules;
    return {
      signs,
      singles,
      rules: always.map((position) => this.rules[position] as Rule),
      always: ruleSet(length, always),
      possible: ruleSet(length, possible),
    };
  }

  private singlesAmong(hints: readonly string[]): number {
    let bits = 0;
    for (const hint of hints) {
      if (hint.length > 1) continue;
      const code = hint.charCodeAt(0);
      if (this.singleOf[code] === 0) {
        if (this.used > 31) throw new Error('More than 32 different single-character hints.');
        this.singleOf[code] = 1 << this.used++;
      }
      bits |= this.singleOf[code] as number;
    }
    return bits;
  }
}
