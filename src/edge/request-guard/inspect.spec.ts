import { describe, expect, it } from 'vitest';
import { inspectText } from './inspect.js';

describe('inspectText', () => {
  it('passes plain text with nothing to say about it', () => {
    expect(inspectText('A quiet evening by the sea')).toEqual({
      action: 'pass',
      score: 0,
      findings: [],
    });
  });

  it('blocks a clear attack and names rule, family and score', () => {
    const { action, findings } = inspectText("x' OR 1=1 --");
    expect(action).toBe('block');
    expect(findings).toContainEqual({
      rule: 'sql-literal-comparison',
      family: 'sql-injection',
      score: 8,
    });
  });

  it('reports what is only suspicious', () => {
    expect(inspectText('concat(').action).toBe('report');
  });

  it('follows the thresholds it is given', () => {
    expect(inspectText('concat(', 'body', { block: 3, report: 1 }).action).toBe('block');
    expect(inspectText('concat(', 'body', { block: 20, report: 10 }).action).toBe('pass');
  });

  it.each([
    ['percent', '%3Cscript%3Ealert(1)%3C/script%3E'],
    ['doubled percent', '%253Cscript%253Ealert(1)'],
    ['entities', '&#60;script&#62;alert(1)'],
    ['JavaScript escapes', '\\u003cscript\\u003ealert(1)'],
    ['full-width letters', '＜script＞alert(1)＜/script＞'],
    ['overlong UTF-8', '..%c0%af..%c0%afetc/passwd'],
    ['form encoding', "x'+or+1=1--"],
    ['Base64', Buffer.from('<script>alert(1)</script>').toString('base64')],
  ])('sees through %s', (_encoding, text) => {
    expect(inspectText(text).action).not.toBe('pass');
  });

  it('judges user agents in headers only', () => {
    expect(inspectText('sqlmap/1.8', 'header').action).toBe('block');
    expect(inspectText('sqlmap/1.8', 'body').action).toBe('pass');
  });

  it('gives the same answer every time, whatever it saw before', () => {
    const texts = ["' or 1=1--", 'hello', '<svg onload=alert(1)>', '../../etc/passwd', 'hello'];
    const first = texts.map((text) => inspectText(text));
    expect(
      texts
        .toReversed()
        .map((text) => inspectText(text))
        .toReversed(),
    ).toEqual(first);
  });

  it.each([
    '',
    '\u0000',
    '\ud800',
    '\udfff\ud800',
    '%',
    '%u',
    '&#',
    '&#x110000;',
    '\\u',
    '${',
    '<',
    "'",
  ])('survives %j', (text) => {
    expect(() => inspectText(text)).not.toThrow();
  });
});
