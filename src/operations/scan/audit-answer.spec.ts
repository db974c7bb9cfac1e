import { describe, expect, it } from 'vitest';
import { readAudit } from './audit-answer.js';
import { isUnknown, type Finding, type Vulnerabilities } from './scan-report.js';

interface Parts {
  readonly total?: number;
  readonly dependencies?: number;
}

const report = (vulnerabilities: object, { total, dependencies = 9 }: Parts = {}) =>
  JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities,
    metadata: {
      vulnerabilities: { total: total ?? Object.keys(vulnerabilities).length },
      dependencies: { total: dependencies },
    },
  });

const vulnerable = (more: object = {}) => ({
  severity: 'high',
  isDirect: true,
  via: [],
  range: '<2.0.0',
  fixAvailable: false,
  ...more,
});

const known = (text: string): Vulnerabilities => {
  const answer = readAudit(text);
  if (isUnknown(answer)) throw new Error(answer.reason);
  return answer;
};
const only = (more: object): Finding => known(report({ a: vulnerable(more) })).findings[0]!;

it('is clean when npm says so of packages that it looked at', () => {
  expect(known(report({}))).toEqual({
    counts: { critical: 0, high: 0, moderate: 0, low: 0 },
    findings: [],
  });
});

it('counts every severity, and has the worst first', () => {
  const severities = { a: 'low', b: 'critical', c: 'moderate', d: 'high', e: 'info' };
  const { counts, findings } = known(
    report(
      Object.fromEntries(
        Object.entries(severities).map(([name, severity]) => [name, vulnerable({ severity })]),
      ),
    ),
  );
  expect(counts).toEqual({ critical: 1, high: 1, moderate: 1, low: 2 });
  expect(findings.map((finding) => finding.package)).toEqual(['b', 'd', 'c', 'a', 'e']);
});

it.each([
  [true, 'npm audit fix', false],
  [
    { name: 'b', version: '2.0.0', isSemVerMajor: true },
    'update b to 2.0.0, a major version',
    true,
  ],
  [{ name: 'b', version: '1.9.0', isSemVerMajor: false }, 'update b to 1.9.0', false],
])('suggests the remedy that npm knows: %o', (fixAvailable, text, isMajor) => {
  expect(only({ fixAvailable }).remedy).toMatchObject({ text, isMajor });
});

it('says that there is no remedy where npm knows none', () => {
  expect(only({ fixAvailable: false }).remedy).toBeNull();
});

it('says which advisories, and through which packages', () => {
  const advisory = { title: 'Reads too far', url: 'https://example.com/1' };
  const { advisories, through } = only({ via: ['b', advisory, 'c'] });
  expect({ advisories, through }).toEqual({ advisories: [advisory], through: ['b', 'c'] });
});

it('takes nothing over from a registry that steers a terminal, a page or a reader', () => {
  const [escape, bell] = ['\u001b', '\u0007'];
  const { advisories, range } = only({
    range: `${escape}[31m<2${bell}\n`,
    via: [{ title: 'x'.repeat(10_000), url: 'javascript:alert(1)' }],
  });
  expect(range).toBe('[31m<2');
  expect(advisories).toEqual([{ title: 'x'.repeat(200), url: null }]);
});

describe('is unknown and never clean', () => {
  const refusal = {
    message: '405 Method Not Allowed - POST https://me:secret@registry.example/bulk',
    statusCode: 405,
    error: { summary: '', detail: '' },
  };
  it.each([
    ['a registry that refuses', JSON.stringify(refusal), '405 Method Not Allowed'],
    ['an error of npm', '{"error":{"code":"ENOLOCK","summary":"needs a lock"}}', 'needs a lock'],
    ['an empty object', '{}', 'no report'],
    ['no output', '', 'no JSON'],
    ['no object', '[]', 'no JSON'],
    ['no JSON', '<html>Welcome', 'no JSON'],
    ['what is cut off', report({ a: vulnerable() }).slice(0, -20), 'no JSON'],
    ['another form', '{"auditReportVersion":3,"vulnerabilities":{},"metadata":{}}', 'not known'],
    ['no totals', '{"auditReportVersion":2,"vulnerabilities":{},"metadata":{}}', 'contradicts'],
    ['totals that differ', report({}, { total: 3 }), 'contradicts'],
    ['a severity that is none', report({ a: vulnerable({ severity: 'fine' }) }), 'contradicts'],
    ['a finding that is none', report({ a: null }), 'contradicts'],
    ['a look at nothing', report({}, { dependencies: 0 }), 'no package'],
  ])('with %s', (_what, text, reason) => {
    const answer = readAudit(text);
    expect(answer).toEqual({ reason: expect.stringContaining(reason) });
    expect(JSON.stringify(answer)).not.toContain('secret');
  });
});
