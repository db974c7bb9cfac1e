import { inText } from '../match.js';
import type { Rule } from '../rule.js';
import { Sign } from '../signs.js';

const family = 'command-injection';

export const commandProgramRules: readonly Rule[] = [
  {
    id: 'command-interpreter-code',
    family,
    score: 3,
    why: 'An interpreter is handed a program on its command line.',
    attack: 'python3 -c "print(1)"',
    innocent: 'python3 is needed to run -c files',
    needs: Sign.dash | Sign.space,
    hints: ['sh -', 'python', 'perl', 'ruby', 'php', 'lua', 'node -', 'powershell', 'pwsh'],
    match: inText(
      /(?:^|[;|&(`'"\s/])(?:(?:ba|z|k|da|c|tc)?sh|python[\d.]{0,4}|perl|ruby|php\d?|lua|node)\s{1,3}(?:-[\w-]{1,20}\s{1,3}){0,3}-[cer]\s{1,3}['"`{$]/,
      /(?:^|[;|&(`'"\s/\\])(?:powershell|pwsh)(?:\.exe)?\s{1,3}(?:-[a-z]{1,20}\s{1,3}(?:[a-z]{1,12}\s{1,3})?){0,6}-(?:e|ec|enc|encodedcommand|c|command|nop|noprofile|w|windowstyle)\b/,
    ),
  },
  {
    id: 'command-option-that-runs',
    family,
    score: 5,
    why: 'Options by which harmless programs run another one.',
    attack: "'-oProxyCommand=touch x'",
    innocent: 'the proxy-command option',
    needs: Sign.dash | Sign.equals,
    hints: [
      'command=',
      'launcher=',
      'askpass=',
      'action=',
      'upload-pack=',
      'receive-pack=',
      'pager=',
    ],
    match: inText(
      /-o\s?(?:proxy|local)command=|--(?:gpu|renderer|utility)[\w-]{0,12}-launcher=|--use-askpass=|--checkpoint-action=|--(?:upload|receive)-pack=|--to-command=|core\.(?:pager|sshcommand)=/,
    ),
  },
  {
    id: 'command-binary-path',
    family,
    score: 5,
    why: 'The full path of a program in the place of a value.',
    attack: 'x)|/usr/bin/id;',
    innocent: 'installed in the bin folder',
    needs: Sign.slash,
    hints: ['bin/', 'c:\\', 'systemroot', 'system32', 'cmd'],
    match: inText(
      /(?:^|[;|&`(=,$]|\$\(|-[ce]\s|\n)\s{0,4}\/?(?:usr\/(?:local\/)?)?s?bin\/[a-z]/,
      /\/bin\/(?:ba|z|c|k|da|tc)?sh\b[^\n]{0,5}-[ci]|c:\\{1,2}win(?:dows|nt)\\/,
      /%systemroot%|\bwin(?:dows|nt)[\\/]{1,2}system32/,
      /cmd(?:\.exe)?\s{0,2}\/[ck]\b/,
    ),
  },
];
