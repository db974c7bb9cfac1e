import type { Finding, Thresholds } from './inspect.js';
import type { Treatment } from './request-guard.decorators.js';
import type { Family, Place } from './rule.js';
import { treatText } from './text-treatment.js';
import type { Visitor } from './walk.js';

/** The worst text of a request, and every rule that any of its texts tripped. */
export interface Suspicion {
  readonly action: 'report' | 'block';
  readonly score: number;
  /** Where the worst text stood, such as `body.items.[].name`; never the text. */
  readonly field: string;
  readonly rules: ReadonlySet<string>;
  readonly families: ReadonlySet<Family>;
}

const OPERATOR: Finding = { rule: 'nosql-operator-name', family: 'nosql-injection', score: 8 };
const operator =
  /(?:^|\[)\$(?:ne|eq|gte?|lte?|n?in|x?or|and|not|nor|regex|where|exists|expr|type|mod|all|size|elemmatch|function|accumulator|lookup|jsonschema|text)\]?$/i;
const MOST_RULES = 20;

/** Judges and treats the texts of one request, and keeps the worst of what it found. */
export class RequestInspection implements Visitor {
  place: Place = 'body';
  /** Some text has a NUL or half a surrogate pair in it, which no database keeps. */
  holdsUnstorable = false;
  private worst: { action: 'report' | 'block'; score: number; field: string } | undefined;
  private found: { rules: Set<string>; families: Set<Family> } | undefined;

  constructor(private readonly thresholds: Thresholds) {}

  get suspicion(): Suspicion | undefined {
    return this.worst && { ...this.worst, ...this.found! };
  }

  text(text: string, treatment: Treatment, path: readonly string[]): string {
    if (treatment === 'raw') return text;
    const { action, score, findings, stored, isStorable } = treatText(
      text,
      this.place,
      treatment === 'markup',
      this.thresholds,
    );
    if (!isStorable) this.holdsUnstorable = true;
    if (action !== 'pass') this.note(action, score, findings, path);
    return stored;
  }

  name(name: string, path: readonly string[]): void {
    const { score, findings } = operator.test(name)
      ? { score: OPERATOR.score, findings: [OPERATOR] }
      : treatText(name, this.place, false, this.thresholds);
    const { block, report } = this.thresholds;
    if (score >= report) this.note(score >= block ? 'block' : 'report', score, findings, path);
  }

  note(
    action: 'report' | 'block',
    score: number,
    findings: readonly Finding[],
    path: readonly string[],
  ): void {
    const { rules, families } = (this.found ??= { rules: new Set(), families: new Set() });
    for (const { rule, family } of findings) {
      if (rules.size < MOST_RULES) rules.add(rule);
      families.add(family);
    }
    if (this.worst && this.worst.score >= score) return;
    this.worst = { action, score, field: path.map(legible).join('.').slice(0, 200) };
  }
}

/** Names come from the client too: what is recorded of them is letters, digits and a little more. */
function legible(name: string): string {
  return name === '[]' ? name : name.replace(/[^\w-]/g, '_').slice(0, 40);
}
