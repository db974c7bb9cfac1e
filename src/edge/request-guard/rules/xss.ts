import { inText, inTrimmed, someAttribute, someTag } from '../match.js';
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
const eventNames =
  'abort|activate|after|animation|auto|before|begin|blur|bounce|can|cell|change|click|close|context|copy|cue|cut|data|dbl|deactivate|drag|drop|duration|end|error|fake|filter|finish|focus|form|full|hash|help|input|invalid|key|layout|load|lose|message|mouse|move|off|online|orientation|page|paste|pause|play|pointer|pop|progress|property|rate|ready|repeat|reset|resize|resume|reverse|row|scroll|search|seek|select|show|stalled|start|stop|storage|submit|suspend|synch|time|toggle|touch|transition|unload|undo|url|volume|wait|wheel|xx';
const eventHints = eventNames.split('|').map((name) => `on${name}`);
const eventAssignment = new RegExp(
  `["'\`/\\s;,)%\\]](?:on(?:${eventNames})[a-z]{0,20})[\\s/\\u0000-\\u0020]{0,4}=\\s{0,4}[^\\s{>=]`, // eslint-disable-line no-control-regex
);

const withoutBlanks = (value: string): string => value.replace(/[\s\u0000-\u0020\\]/g, ''); // eslint-disable-line no-control-regex
const localName = (name: string): string => name.slice(name.lastIndexOf(':') + 1);

export const xssRules: readonly Rule[] = [
  {
    id: 'xss-script-element',
    family,
    score: 8,
    why: 'A script element runs.',
    attack: '<script>alert(1)</script>',
    innocent: '<scribe> wrote > nothing',
    needs: Sign.angle,
    match: someTag(
      (tag) => !tag.closing && /^(?:\w{1,12}:)?script/.test(tag.name.replaceAll('\\', '')),
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
    id: 'xss-script-url',
    family,
    score: 5,
    why: 'A javascript: URL runs wherever it becomes a link.',
    attack: 'javascript:alert(1)',
    innocent: 'JavaScript: the good parts',
    needs: Sign.colon,
    hints: ['script', 'pt:', 'mocha', 'data:'],
    match: ({ lower }) =>
      /(?:javascript|vbscript|livescript|jscript|mocha)\s{0,4}:(?:\s{0,4}[^\s\w]|\s{0,4}\w{1,20}\s{0,2}[(.:=[`{\\])|java\s{1,4}script\s{0,4}:|data:\s{0,3}text\/html/.test(
        lower,
      ) ||
      (/[\t\n\r]/.test(lower) &&
        !lower.includes('javascript:') &&
        lower.replace(/[\t\n\r]/g, '').includes('javascript:')),
  },
  {
    id: 'xss-css-code',
    family,
    score: 5,
    why: 'expression(), behavior and script URLs made old engines run code from styles.',
    attack: 'width:expression(alert(1))',
    innocent: 'a regular expression (see below)',
    needs: Sign.colon,
    hints: ['ression', '-moz-binding', 'behavior', 'url(', '@import'],
    match: inText(
      /(?:[:\s]|\*\/)(?:e\s{0,2}(?:\/\*[^*]{0,30}\*\/)?\s{0,2}x(?:\/\*[^*]{0,30}\*\/)?p(?:\/\*[^*]{0,30}\*\/)?ression)\((?:[a-z]{1,12}[.(:]|['"`\d])/,
      /-moz-binding|behavior\s{0,3}:\s{0,3}url/,
      /url\(\s{0,3}['"]?\s{0,3}(?:java|vb|live)script|(?:\*\/|%)pression\(/,
      /@import\s{0,3}['"](?:http|\/\/)/,
    ),
  },
  {
    id: 'xss-attribute-breakout',
    family,
    score: 5,
    why: 'A handler assignment outside of a tag lands inside the page’s own tag.',
    attack: '" onmouseover=alert(1) x="',
    innocent: '"one" = once',
    needs: Sign.equals,
    hints: eventHints,
    match: (subject) =>
      eventAssignment.test(subject.lower) && /[("'`;=&:]|throw/.test(subject.lower),
  },
  {
    id: 'xss-leading-handler',
    family,
    score: 5,
    why: 'A value that starts with a handler assignment.',
    attack: 'onerror=eval;throw 1',
    innocent: 'online = always',
    needs: Sign.equals,
    hints: eventHints,
    match: inTrimmed(
      new RegExp(`^\\W{0,6}on(?:${eventNames})[a-z]{0,20}\\s{0,4}=\\s{0,4}[^\\s{=]`),
    ),
  },
  {
    id: 'xss-dialogue-call',
    family,
    score: 3,
    why: 'alert, prompt and confirm are what every probe calls.',
    attack: "';alert(1)//",
    innocent: 'we were alert (as ever)',
    needs: Sign.letter,
    hints: ['alert', 'prompt', 'confirm'],
    match: inText(
      /(?:^|[^\w.$ ]|[=;:,{}(] )\(?\[?(?:window\.|self\.|top\.|this\.)?(?:alert|prompt|confirm)(?:\)?[\t\n]{0,3}(?:\?\.)?\(|\)?`[^`\s]{0,20}`|\)?\?\.|\.(?:call|apply|bind)\b|;throw|\])/,
      /,\s?(?:alert|prompt|confirm)\)/,
      /\.\s?(?:alert|prompt|confirm)\s?[(`]\s?(?:\d|['"`]?(?:xss|document))/,
    ),
  },
  {
    id: 'xss-page-access',
    family,
    score: 3,
    why: 'Reading cookies, rewriting the page or assembling code from strings.',
    attack: 'document.write(location.hash)',
    innocent: 'document the write path',
    needs: Sign.letter,
    hints: [
      'document.',
      'document[',
      'document [',
      'window[',
      'window [',
      'self[',
      'top[',
      'parent[',
      'frames[',
      'this[',
      ' [',
      '*/[',
      'fromcharcode',
      'eval(',
      'eval (',
      'settimeout',
      'setinterval',
      'atob',
      'innerhtml',
      'constructor',
      'function`',
      'location',
      '.prototype.',
      'import(',
      'import (',
      'importscripts',
      'onerror]',
      'onload]',
      ':onerror}',
      '://%',
      'window.name',
    ],
    match: inText(
      /document\s{0,3}(?:\.\s{0,3}(?:cookie|write(?:ln)?\b|domain|location|body\.\w{1,12}child|documentelement|createelement\(|head\.innerhtml)|\[)/,
      /(?:window|self|top|parent|frames|this|globalthis)\s{0,4}(?:\/\*[^*]{0,30}\*\/)?\s{0,4}\[\s{0,3}(?:\/\*[^*]{0,30}\*\/)?\s{0,3}['"`/[]/,
      /document\.\w{1,30}\([^()\n]{0,60}\)\.\w{1,30}\s{0,2}=[^=]/,
      /:\/\/(?:%[0-9a-f]{2}){3}|string\.fromcharcode|\beval\s{0,3}\(/,
      /(?:settimeout|setinterval)\s{0,2}\(\s{0,2}(?:['"`]|location)/,
      /\batob\s{0,2}\(|\.innerhtml\s{0,3}=|\.constructor\s{0,3}\(/,
      /function\s{0,2}`|location\s{0,2}=\s{0,2}['"`]?(?:javascript|name\b)/,
      /=location\b|\.prototype\.\w{1,12}\.(?:call|apply)/,
      /import\s?\((?:href|src|location)|location\.(?:hash|search)|window\.name/,
      /\bon(?:error|load)\]\s{0,2}=|\{\w:onerror\}|importscripts\(/,
    ),
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
      /\]\]>|<!\[cdata\[/,
    ),
  },
];
