import sanitizeHtml from 'sanitize-html';
import { isStorableText } from '#platform/validation/text.decorators';
import type { Scan } from './candidate-scan.js';
import {
  defaultThresholds,
  inspectText,
  scanText,
  type Finding,
  type Inspection,
  type Thresholds,
} from './inspect.js';
import { normaliseText } from './normalise.js';
import type { Place } from './rule.js';
import { rules } from './rules/catalogue.js';
import { Sign } from './signs.js';

const LONG_TEXT = 100_000;
const OVERSIZED: Finding = { rule: 'text-oversized', family: 'scanner', score: 3 };

export interface TreatedText extends Inspection {
  /** What may be stored: normalised, and with active markup taken out. The very text if there was nothing to do. */
  readonly stored: string;
  /** Whether a database takes the text as it was sent. */
  readonly isStorable: boolean;
}

/** Normalises a text, judges it, and neutralises the active markup in it unless it may hold markup. */
export function treatText(
  text: string,
  place: Place = 'body',
  mayHoldMarkup = false,
  thresholds: Thresholds = defaultThresholds,
): TreatedText {
  const first = scanText(text, place);
  // most texts are ASCII without controls, which is storable and normal
  const isPlain = (first.signs & (Sign.control | Sign.beyondAscii)) === 0;
  const isStorable = isPlain || isStorableText(text);
  const normal = isPlain ? text : normaliseText(text);
  const seen = inspectBoth(text, normal, place, thresholds, first);
  const isLong = text.length > LONG_TEXT;
  if (seen.findings.length === 0 && !isLong) {
    return { action: 'pass', score: 0, findings: seen.findings, stored: normal, isStorable };
  }

  const isMarkup = seen.findings.some(({ rule }) => markupRules.has(rule)) && tag.test(normal);
  const counted = mayHoldMarkup
    ? seen.findings.filter(({ family }) => family !== 'xss')
    : seen.findings;
  const findings = isLong ? [...counted, OVERSIZED] : counted;
  const score = findings.reduce((sum, finding) => sum + finding.score, 0);
  const action =
    score >= thresholds.block ? 'block' : score >= thresholds.report ? 'report' : 'pass';
  const stored = isMarkup && !mayHoldMarkup ? neutralise(normal) : normal;
  return { action, score, findings, stored, isStorable };
}

/** NFC can make syntax of what was none, such as `;` of U+037E, so both texts are looked at. */
function inspectBoth(
  text: string,
  normal: string,
  place: Place,
  thresholds: Thresholds,
  first: Scan,
): Inspection {
  const asSent = inspectText(text, place, thresholds, first);
  if (normal === text) return asSent;
  const asStored = inspectText(normal, place, thresholds);
  return asStored.score > asSent.score ? asStored : asSent;
}

/** The rules that look at tags; the others look for script, of which sanitising would take nothing out. */
const markupRules: ReadonlySet<string> = new Set(
  rules.filter((rule) => rule.family === 'xss' && rule.needs & Sign.angle).map(({ id }) => id),
);
const tag = /<[a-z!?/]/i;

const neutralise = (text: string): string =>
  sanitizeHtml(text, {
    allowedSchemes: ['http', 'https', 'mailto'],
    disallowedTagsMode: 'discard',
  });
