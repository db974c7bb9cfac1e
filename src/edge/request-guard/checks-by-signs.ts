import { addAll, checkSet, select, type CheckSet } from './check-set.js';
import type { Check, Rule } from './rule.js';

/** A check that is worth trying, and the rule that it speaks for. */
export interface Candidate {
  readonly rule: Rule;
  readonly check: Check;
}

/** What the characters of a text say about the checks, whatever words they make. */
export interface Eligible {
  readonly signs: number;
  readonly singles: number;
  /** These can match; the others only if a word suggests them. */
  readonly candidates: readonly Candidate[];
  readonly always: CheckSet;
  /** These can match if a word suggests them. */
  readonly possible: CheckSet;
}

const BITS = Array.from({ length: 32 }, (_, bit) => 1 << bit);
/** Of the memory: 2,048 slots; everyday texts are of some hundreds of kinds. */
const SLOT_BITS = 11;

/** Tells which checks the characters of a text allow. Answers are remembered, in bounded number. */
export class ChecksBySigns {
  /** The bit of each ASCII character that is a hint by itself. */
  readonly singleOf = new Int32Array(128);
  private readonly known: (Eligible | undefined)[] = Array.from({ length: 1 << SLOT_BITS });
  /** By bit: the checks that need that sign, and those that have that single character for a hint. */
  private readonly needing: readonly CheckSet[];
  private readonly hinted: readonly CheckSet[];
  private readonly unhinted: CheckSet;
  private readonly everything: CheckSet;
  private readonly nothing: CheckSet;
  private used = 0;

  constructor(private readonly all: readonly Candidate[]) {
    const singles = all.map(({ check: { hints = [] } }) => this.singlesAmong(hints));
    this.needing = BITS.map((bit) => this.setOf((_, { rule }) => (rule.needs & bit) !== 0));
    this.hinted = BITS.map((bit) =>
      this.setOf((position) => ((singles[position] ?? 0) & bit) !== 0),
    );
    this.unhinted = this.setOf((_, { check }) => check.hints === undefined);
    this.everything = this.setOf(() => true);
    this.nothing = this.setOf(() => false);
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
    const impossible = this.nothing.slice();
    const always = this.unhinted.slice();
    BITS.forEach((bit, position) => {
      if ((signs & bit) === 0) addAll(impossible, this.needing[position] as CheckSet);
      if ((singles & bit) !== 0) addAll(always, this.hinted[position] as CheckSet);
    });
    const possible = this.everything.map(
      (word, position) => word & ~(impossible[position] as number),
    );
    const candidates = select(this.all, this.nothing, always, possible);
    return {
      signs,
      singles,
      candidates,
      possible,
      always: always.map((word, position) => word & (possible[position] as number)),
    };
  }

  private setOf(isIn: (position: number, candidate: Candidate) => boolean): CheckSet {
    const positions = [...this.all.keys()].filter((position) =>
      isIn(position, this.all[position] as Candidate),
    );
    return checkSet(this.all.length, positions);
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
