import { inText, inTrimmed } from '../match.js';
import type { Rule } from '../rule.js';
import { Sign } from '../signs.js';

const family = 'xss';

const eventNames =
  'abort|activate|after|animation|auto|before|begin|blur|bounce|can|cell|change|click|close|context|copy|cue|cut|data|dbl|deactivate|drag|drop|duration|end|error|fake|filter|finish|focus|form|full|hash|help|input|invalid|key|layout|load|lose|message|mouse|move|off|online|orientation|page|paste|pause|play|pointer|pop|progress|property|rate|ready|repeat|reset|resize|resume|reverse|row|scroll|search|seek|select|show|stalled|start|stop|storage|submit|suspend|synch|time|toggle|touch|transition|unload|undo|url|volume|wait|wheel|xx';
const eventHints = eventNames.split('|').map((name) => `on${name}`);
const eventAssignment = new RegExp(
  `["'\`/\\s;,)%\\]](?:on(?:${eventNames})[a-z]{0,20})[\\s/\\u0000-\\u0020]{0,4}=\\s{0,4}[^\\s{>=]`, // eslint-disable-line no-control-regex
);

export const scriptRules: readonly Rule[] = [
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
      /,\s?(?:alert|prompt|confirm)\)|\.\w{2,12}\((?:alert|prompt|confirm|eval)\)|\w\((?:alert|prompt|confirm|eval),\s?[[\dn]/,
      /\$\{(?:alert|prompt|confirm)\}|(?:frame|timeout|interval|then|catch)\((?:alert|prompt|confirm|eval)\b/,
      /['"]\s(?:[?*/%^<>&|+,-]|={2,3}|in|instanceof)\s?(?:alert|prompt|confirm|eval)\s?\(/,
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
    anyOf: [
      {
        hints: ['document'],
        match: inText(
          /document\s{0,3}(?:\.\s{0,3}(?:cookie|write(?:ln)?\b|domain|location|body\.\w{1,12}child|documentelement|createelement\(|head\.innerhtml)|\[)/,
        ),
      },
      {
        hints: [
          'window[',
          'self[',
          'top[',
          'parent[',
          'frames[',
          'this[',
          'window [',
          'self [',
          'top [',
          'parent [',
          'frames [',
          'this [',
          '  [',
          '\t [',
          '*/',
        ],
        match: inText(
          /(?:window|self|top|parent|frames|this|globalthis)\s{0,4}(?:\/\*[^*]{0,30}\*\/)?\s{0,4}\[\s{0,3}(?:\/\*[^*]{0,30}\*\/)?\s{0,3}['"`/[]/,
        ),
      },
      {
        hints: ['document.'],
        match: inText(/document\.\w{1,30}\([^()\n]{0,60}\)\.\w{1,30}\s{0,2}=[^=]/),
      },
      {
        hints: ['://%', 'fromcharcode', 'eval(', 'eval (', 'eval  '],
        match: inText(/:\/\/(?:%[0-9a-f]{2}){3}|string\.fromcharcode|\beval\s{0,3}\(/),
      },
      {
        hints: ['settimeout', 'setinterval'],
        match: inText(/(?:settimeout|setinterval)\s{0,2}\(\s{0,2}(?:['"`]|location)/),
      },
      {
        hints: ['atob', 'innerhtml', 'constructor'],
        match: inText(/\batob\s{0,2}\(|\.innerhtml\s{0,3}=|\.constructor\s{0,3}\(/),
      },
      {
        hints: ['function`', 'function `', 'location'],
        match: inText(/function\s{0,2}`|location\s{0,2}=\s{0,2}['"`]?(?:javascript|name\b)/),
      },
      {
        hints: ['=location', '.prototype.'],
        match: inText(/=location\b|\.prototype\.\w{1,12}\.(?:call|apply)/),
      },
      {
        hints: ['import(', 'import (', 'location.', 'window.name'],
        match: inText(/import\s?\((?:href|src|location)|location\.(?:hash|search)|window\.name/),
      },
      {
        hints: [
          'top[',
          'self[',
          'window[',
          'parent[',
          'frames[',
          'this[',
          'content[',
          'keys(self',
          'keys(window',
          'keys(glob',
          'with(doc',
          'with (doc',
        ],
        match: inText(
          /(?:^|[=;,(])\s?(?:top|self|window|parent|frames|globalthis|content)\[[^\]\n]{1,60}\]{1,2}\s?[(`[]|keys\((?:self|window|globalthis)\)|\bwith\s?\(document\)/,
        ),
      },
      {
        hints: ['function(', 'function (', 'location'],
        match: inText(
          /\bfunction\s?\(\s?['"`]|^(?:(?:document|window|top|self)\.)?location(?:\.href)?\s?=\s?['"`]/,
        ),
      },
      {
        hints: ['onerror]', 'onload]', ':onerror}', 'importscripts'],
        match: inText(/\bon(?:error|load)\]\s{0,2}=|\{\w:onerror\}|importscripts\(/),
      },
    ],
  },
];
