import { complaintOf, isFields, parseFields, plainText, type Fields } from './npm-text.js';
import {
  SEVERITIES,
  type Advisory,
  type Finding,
  type Remedy,
  type ScanSeverity,
  type SeverityCounts,
  type Unknown,
  type Vulnerabilities,
} from './scan-report.js';

const FORMAT = 2;
const MOST_FINDINGS = 500;
const MOST_ADVISORIES = 5;
const MOST_THROUGH = 10;

/**
 * What `npm audit --json` answered. The exit code is no guide: 1 is a finding as well as a registry
 * that refuses. Only a report whose own totals agree with it is believed.
 */
export function readAudit(text: string): Vulnerabilities | Unknown {
  const answer = parseFields(text);
  if (!answer) return { reason: 'npm audit gave no JSON' };
  const { auditReportVersion, vulnerabilities, metadata } = answer;
  if (auditReportVersion === undefined) return { reason: `no report: ${complaintOf(answer)}` };
  if (auditReportVersion !== FORMAT || !isFields(vulnerabilities) || !isFields(metadata)) {
    return { reason: 'npm audit gave a report of a form that is not known here' };
  }
  if (totalOf(metadata['dependencies']) === 0) return { reason: 'npm audit looked at no package' };
  const found = Object.entries(vulnerabilities).map(([name, each]) => findingOf(name, each));
  const findings = found.filter((finding) => finding !== null);
  const isWhole = findings.length === found.length;
  if (!isWhole || totalOf(metadata['vulnerabilities']) !== found.length) {
    return { reason: 'npm audit gave a report that contradicts itself' };
  }
  return {
    counts: countsOf(findings),
    findings: findings.toSorted(worstFirst).slice(0, MOST_FINDINGS),
  };
}

function totalOf(counts: unknown): unknown {
  return isFields(counts) ? counts['total'] : undefined;
}

function findingOf(name: string, value: unknown): Finding | null {
  if (!isFields(value)) return null;
  const severity = severityOf(value['severity']);
  if (!severity) return null;
  const via: unknown[] = Array.isArray(value['via']) ? value['via'] : [];
  return {
    package: plainText(name),
    severity,
    isDirect: value['isDirect'] === true,
    range: plainText(value['range']),
    advisories: via.filter(isFields).slice(0, MOST_ADVISORIES).map(advisoryOf),
    through: via.filter(isText).slice(0, MOST_THROUGH).map(plainText),
    remedy: remedyOf(value['fixAvailable']),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** npm has a fifth, `info`, below all that anybody acts on. */
function severityOf(value: unknown): ScanSeverity | undefined {
  return value === 'info' ? 'low' : SEVERITIES.find((severity) => severity === value);
}

function advisoryOf({ title, url }: Fields): Advisory {
  const address = plainText(url);
  return { title: plainText(title), url: /^https:\/\/\S+$/.test(address) ? address : null };
}

function remedyOf(fix: unknown): Remedy | null {
  if (fix === true) {
    return { text: 'npm audit fix', package: null, version: null, isMajor: false };
  }
  if (!isFields(fix)) return null;
  const [name, version] = [plainText(fix['name']), plainText(fix['version'])];
  if (!name || !version) return null;
  const isMajor = fix['isSemVerMajor'] === true;
  const text = `update ${name} to ${version}${isMajor ? ', a major version' : ''}`;
  return { text, package: name, version, isMajor };
}

function countsOf(findings: readonly Finding[]): SeverityCounts {
  const counts = { critical: 0, high: 0, moderate: 0, low: 0 };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}

function worstFirst(one: Finding, other: Finding): number {
  const rank = SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity);
  return rank || Number(other.isDirect) - Number(one.isDirect) || compare(one, other);
}

function compare(one: Finding, other: Finding): number {
  return one.package < other.package ? -1 : 1;
}
