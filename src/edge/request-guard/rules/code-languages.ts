import { inText } from '../match.js';
import type { Rule } from '../rule.js';
import { Sign } from '../signs.js';

const family = 'code-injection';

export const languageRules: readonly Rule[] = [
  {
    id: 'code-perl-interpolation',
    family,
    score: 5,
    why: 'Perl runs the code in @{[ … ]} inside a string.',
    attack: "@{[system 'id']}",
    innocent: 'mail me @{name}',
    needs: Sign.at | Sign.brace | Sign.square,
    match: inText(/@\{\s{0,3}\[/),
  },
  {
    id: 'code-serialised-object',
    family,
    score: 5,
    why: 'Serialised objects run code while they are read back.',
    attack: 'O:8:"stdClass":1:{s:1:"a";i:1;}',
    innocent: 'O: 8 people',
    needs: Sign.letter,
    hints: ['o:', 'ro0ab', 'java', 'getruntime', 'processbuilder', 'runtime', 'xstream', 'rowset'],
    match: inText(
      /(?:^|[;{"'=])o:\d{1,4}:"[^"\n]{1,80}":\d{1,4}:\{|^ro0ab[a-z0-9+/]{8}/,
      /java\.lang\.(?:runtime|processbuilder|class|system)\b|getruntime\(\)/,
      /processbuilder\(|\bruntime\.exec\(|!!javax?\.|xstream|com\.sun\.rowset/,
    ),
  },
];
