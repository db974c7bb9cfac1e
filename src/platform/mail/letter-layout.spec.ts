import { describe, expect, it } from 'vitest';
import { layOutLetter } from './letter-layout.js';

const parts = {
  greeting: 'Hello Ada,',
  paragraphs: [
    'Somebody, probably you, asked for a new password.',
    'The link is good for an hour.',
  ],
  code: '123 456',
  action: { label: 'Set a new password', url: 'https://app.example.com/reset?a=1&b=2#token=x' },
  closing: 'If it was not you, do nothing.',
};

describe('a letter', () => {
  it('says the same as text and as HTML', () => {
    const { text, html } = layOutLetter(parts);
    expect(text).toBe(`Hello Ada,

Somebody, probably you, asked for a new password.

The link is good for an hour.

    123 456

Set a new password:
https://app.example.com/reset?a=1&b=2#token=x

If it was not you, do nothing.
`);
    for (const said of [parts.greeting, ...parts.paragraphs, parts.code, parts.closing]) {
      expect(html).toContain(said);
    }
    expect(html).toContain('href="https://app.example.com/reset?a=1&amp;b=2#token=x"');
  });

  it('has only what it is given', () => {
    const { text, html } = layOutLetter({ paragraphs: ['Done.'], closing: 'Aerie' });
    expect(text).toBe('Done.\n\nAerie\n');
    expect(html).not.toMatch(/class="(code|button|address)"|undefined/);
  });

  it('shows markup rather than follow it', () => {
    const name = `<img src=x onerror=alert(1)>"'&`;
    const { html } = layOutLetter({
      greeting: name,
      paragraphs: [name],
      code: name,
      action: { label: name, url: `https://a.example/"><script>` },
      closing: name,
    });
    expect(html).not.toMatch(/<img|<script|onerror=alert\(1\)>/);
    expect(html.match(/&lt;img src=x onerror=alert\(1\)&gt;&quot;&#39;&amp;/g)).toHaveLength(5);
  });

  it('lets no name write paragraphs of its own', () => {
    const name = 'Ada\r\n\r\nYour account is closed: https://evil.example\u0000';
    const { text } = layOutLetter({ greeting: name, paragraphs: [], closing: 'Aerie' });
    expect(text).toBe('Ada Your account is closed: https://evil.example\n\nAerie\n');
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'not a url'])(
    'does not lead to %s',
    (url) => {
      const letter = { paragraphs: [], action: { label: 'x', url }, closing: 'x' };
      expect(() => layOutLetter(letter)).toThrow(TypeError);
    },
  );

  it('loads nothing, and has colours for light and dark', () => {
    const { html } = layOutLetter(parts);
    expect(html).not.toMatch(/<(img|link|script|iframe|object)|url\(|@import|src=/i);
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
    expect(html).toContain('prefers-color-scheme: dark');
  });
});
