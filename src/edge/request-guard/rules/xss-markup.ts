import { inText, someAttribute, someTag } from '../match.js';
import type { Rule } from '../rule.js';
import { Sign } from '../signs.js';

const family = 'xss';

// Elements that run, load or restyle by themselves; the second list has everyday uses too.
const activeElements = new Set(
  (
    'iframe object embed applet frame frameset base meta bgsound isindex layer ilayer xml import ' +
    '?import ?xml-stylesheet marquee marguee handler py-script animate animatetransform set xss math ' +
    'noembed noframes plaintext xmp listing comment keygen vmlframe svg foreignobject'
  ).split(' '),
);
const oftenActive = new Set('link style noscript template title textarea html'.split(' '));
const urlAttributes =
  /^(?:src\w{0,3}|href|xlink:href|data|action|formaction|background|from|to|values|poster|lowsrc|dynsrc|content|folder|ref|srcdoc|code|codebase|style|attributename|link|g?src|\w{1,12}:href|implementation)$/;
const scriptScheme =
  /(?:javascript|vbscript|livescript|mocha|jscript):|data:(?:text\/html|text\/xml|application\/x|image\/svg|,|;|text\/javascript)|^[^a-z]{0,4}data:/;

const withoutBlanks = (value: string): string => value.replace(/[\s\u0000-\u0020\\]/g, ''); // eslint-disable-line no-control-regex
const withoutBackslashes = (name: string): string =>
  name.includes('\\') ? name.replaceAll('\\', '') : name;
const localName = (name: string): string => name.slice(name.lastIndexOf(':') + 1);

export const markupRules: readonly Rule[] = [
  {
    id: 'xss-script-element',
    family,
    score: 8,
    why: 'A script element runs.',
    attack: '<script>alert(1)</script>',
    innocent: '<scribe> wrote > nothing',
    needs: Sign.angle,
    match: someTag(
      (tag) => !tag.closing && /^(?:\w{1,12}:)?script/.test(withoutBackslashes(tag.name)),
    ),
  },
  {
    id: 'xss-script-end',
    family,
    score: 5,
    why: 'Closing a script, style or text element escapes from the page’s own.',
    attack: '</script>',
    innocent: 'the </b> tag',
    needs: Sign.angle,
    match: someTag(
      (tag) => tag.closing && /^(?:script|style|textarea|title|noscript|iframe)\b/.test(tag.name),
    ),
  },
  {
    id: 'xss-event-handler',
    family,
    score: 8,
    why: 'An on… attribute runs when its event fires, or is fired by the page itself.',
    attack: '<img src=x onerror=alert(1)>',
    innocent: '<a name="one" href="/on">',
    needs: Sign.angle | Sign.equals,
    match: someAttribute(
      ({ name, value }) =>
        /^[^a-z]{0,8}on[a-z]{3,}[^a-z]{0,4}$/.test(name) && value !== '' && !value.startsWith('{'),
    ),
  },
  {
    id: 'xss-component-handler',
    family,
    score: 3,
    why: 'An on… attribute with braces is a handler in JSX; harmless as text, active where it is compiled.',
    attack: '<a onclick={alert(1)}>',
    innocent: '<a title={text}>',
    needs: Sign.angle | Sign.brace,
    match: someAttribute(
      ({ name, value }) =>
        /^on[a-z]{3,}$/.test(name) && /^\{[^}]{0,40}[(`=]/.test(value) && !value.includes('=>'),
    ),
  },
  {
    id: 'xss-script-url-attribute',
    family,
    score: 8,
    why: 'A URL attribute with a script scheme runs when followed or loaded.',
    attack: '<a href="java\tscript:alert(1)">x</a>',
    innocent: '<a href="https://example.com/javascript">x</a>',
    needs: Sign.angle | Sign.colon,
    match: someAttribute(
      ({ name, value }) =>
        urlAttributes.test(name.replace(/^[^a-z]{1,8}/, '')) &&
        scriptScheme.test(withoutBlanks(value)),
    ),
  },
  {
    id: 'xss-active-element',
    family,
    score: 5,
    why: 'Elements that load, embed or redirect by themselves.',
    attack: '<iframe src=//evil.example>',
    innocent: '<strong>bold</strong>',
    needs: Sign.angle,
    match: someTag(
      (tag) => !tag.closing && activeElements.has(localName(tag.name).replace(/[^a-z-]{1,8}$/, '')),
    ),
  },
  {
    id: 'xss-page-element',
    family,
    score: 3,
    why: 'Elements that change how the rest of the page is read or styled.',
    attack: '<link rel=stylesheet href=//evil.example/x.css>',
    innocent: '<em>so</em>',
    needs: Sign.angle,
    match: someTag((tag) => !tag.closing && oftenActive.has(tag.name)),
  },
  {
    id: 'xss-datasource',
    family,
    score: 3,
    why: 'Attributes by which old engines fetched content or code.',
    attack: '<span datasrc="#x" datafld="b" dataformatas="html">',
    innocent: '<span data-src="x">',
    needs: Sign.angle | Sign.equals,
    match: someAttribute(
      ({ name, value }) =>
        /^(?:datasrc|dataformatas|fscommand|seeksegmenttime|xmlns:\w{1,9}|srcdoc|contentscripttype|formaction|http-equiv)$/.test(
          name,
        ) ||
        /expression\(|-moz-binding|^&\{|url\(javascript|behaviou?r:/.test(withoutBlanks(value)),
    ),
  },
  {
    id: 'xss-broken-tag',
    family,
    score: 3,
    why: 'Tags split or nested so that a filter which deletes them assembles a new one.',
    attack: '<scr<script>ipt>',
    innocent: 'a << b and c >> d',
    needs: Sign.angle,
    hints: ['<', '+adw'],
    match: inText(
      /<\s{0,3}\/?\s{0,3}s\s?c\s?r\s?(?:i\s?p\s?t)?<|\+adw-?\s?[a-z/]/,
      /[a-z]<x>[a-z]|<[a-z]{1,12}<[a-z]|<<script|-->\s{0,3}<[a-z]/,
      /<[%?]\s{0,3}\w{0,9}\s{0,2}style|["'`]>\s{0,3}<[a-z!/]/,
      /<\/?[a-z]{1,9}\s{0,3}(?:[a-z]{1,10}=)?\s{0,2}["'`]{2,4}>?\s?</,
      /href\s{0,2}=\s{0,2}["'`]?\s{0,3}<|<a\s{1,3}href=["'][^"'<>]{0,30}["']$/,
      /\]\]>|<!\[cdata\[|=\s?["'][^"'<>]{0,80}<script/,
    ),
  },
];
