import { describe, expect, it } from 'vitest';
import { normaliseText } from './normalise.js';

describe('normaliseText', () => {
  it.each([
    "O'Brien <3 AT&T",
    'a < b && c > d',
    'select all from the menu',
    'function f() {\n\treturn `${a}`;\r\n}',
    'naïve café 東京 👩‍👩‍👧',
    '',
  ])('returns %j byte for byte', (text) => {
    expect(normaliseText(text)).toBe(text);
  });

  it('takes out NUL and the other C0 controls, and keeps tab and line breaks', () => {
    expect(normaliseText('a\u0000b\u0007\t\r\nc\u001b')).toBe('ab\t\r\nc');
  });

  it('composes to NFC', () => {
    expect(normaliseText('e\u0301')).toBe('\u00e9');
  });

  it('shows a lone surrogate as U+FFFD, because UTF-8 cannot carry it', () => {
    expect(normaliseText('a\ud800b')).toBe('a\ufffdb');
  });
});
