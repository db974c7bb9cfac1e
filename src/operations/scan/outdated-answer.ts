import {
  complaintOf,
  isFields,
  isMajorStep,
  isStepBack,
  parseFields,
  plainText,
} from './npm-text.js';
import type { OutdatedPackage, Unknown } from './scan-report.js';

const MOST_PACKAGES = 500;

/** What `npm outdated --json` answered, by name. */
export function readOutdated(text: string): { items: OutdatedPackage[] } | Unknown {
  const answer = parseFields(text);
  if (!answer) return { reason: 'npm outdated gave no JSON' };
  // there is a package of the name `error`, too
  const { error } = answer;
  if (isFields(error) && error['latest'] === undefined) return { reason: complaintOf(answer) };
  const items = Object.entries(answer).map(([name, value]) => outdatedOf(name, value));
  const known = items.filter((item) => item !== null);
  if (known.length < items.length) {
    return { reason: 'npm outdated gave a list of a form that is not known here' };
  }
  // npm lists what is ahead of the version that it calls the latest, too
  const behind = known.filter(({ current, latest }) => !isStepBack(current, latest));
  return { items: behind.slice(0, MOST_PACKAGES) };
}

/** A package that is there more than once has a list. */
function outdatedOf(name: string, value: unknown): OutdatedPackage | null {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (!isFields(first)) return null;
  const [current, wanted, latest] = ['current', 'wanted', 'latest'].map((key) =>
    plainText(first[key]),
  ) as [string, string, string];
  if (!wanted || !latest) return null;
  return {
    package: plainText(name),
    current: current || null,
    wanted,
    latest,
    isMajor: isMajorStep(current || null, latest),
  };
}
