import { createCandidateScan, type Scan } from './candidate-scan.js';
import type { Family, Place, Rule } from './rule.js';
import { rules } from './rules/catalogue.js';
import { Subject } from './subject.js';
import { viewsOf } from './views.js';

export interface Finding {
  readonly rule: string;
  readonly family: Family;
  readonly score: number;
}

export interface Inspection {
  readonly action: 'pass' | 'report' | 'block';
  readonly score: number;
  readonly findings: readonly Finding[];
}

export interface Thresholds {
  /** The sum of scores at which a request is refused. */
  readonly block: number;
  /** The sum of scores at which a finding is worth recording. */
  readonly report: number;
}

export const defaultThresholds: Thresholds = { block: 8, report: 3 };

const scanHeader = createCandidateScan(rules);
const scanOther = createCandidateScan(
  rules.filter(({ places }) => !places?.every((place) => place === 'header')),
);
const nothingFound: Inspection = Object.freeze({ action: 'pass', score: 0, findings: [] });

/** The first pass over a text; `where` is the part of the request that held it. */
export function scanText(text: string, where: Place): Scan {
  return where === 'header' ? scanHeader(text) : scanOther(text);
}

/**
 * What the guard thinks of one text. Pure; linear in the length of the text. Some rules concern
 * headers only.
 */
export function inspectText(
  text: string,
  where: Place = 'body',
  thresholds: Thresholds = defaultThresholds,
  first: Scan = scanText(text, where),
): Inspection {
  let matched: Set<Rule> | undefined;
  for (const view of viewsOf(text, first.signs)) {
    const { signs, candidates } = view === text ? first : scanText(view, where);
    if (candidates.length === 0) continue;
    const subject = new Subject(view, signs);
    for (const { rule, check } of candidates) {
      if (matched?.has(rule) || (rule.places && !rule.places.includes(where))) continue;
      if (check.match(subject)) (matched ??= new Set()).add(rule);
    }
  }
  return matched ? judge(matched, thresholds) : nothingFound;
}

function judge(matched: ReadonlySet<Rule>, thresholds: Thresholds): Inspection {
  let score = 0;
  const findings: Finding[] = [];
  for (const rule of matched) {
    score += rule.score;
    findings.push({ rule: rule.id, family: rule.family, score: rule.score });
  }
  if (score < thresholds.report) return { action: 'pass', score, findings };
  return { action: score >= thresholds.block ? 'block' : 'report', score, findings };
}
