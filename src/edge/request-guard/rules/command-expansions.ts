import { inText, someCommand } from '../match.js';
import type { Rule } from '../rule.js';
import { Sign } from '../signs.js';
import { endsThere, hasArguments, hasOption, isAssigned } from './command-forms.js';

const family = 'command-injection';

const splitWord = /\w['"\\^][\w'"/]|\w\\\w/;
const hiddenNames = [
  /\/etc\/\w/,
  /s?bin\/[a-z]/,
  /etc\/pass/,
  /;\s?cat\b/,
  /\|sh\b/,
  /\b(?:curl|wget|whoami|ifconfig)\b/,
];

export const commandExpansionRules: readonly Rule[] = [
  {
    id: 'command-substitution',
    family,
    score: 5,
    why: 'The shell runs what stands in $( ) or backticks and pastes the output.',
    attack: '$(whoami)',
    innocent: '$(document).ready()',
    needs: Sign.letter,
    hints: ['$(', '<(', '>('],
    match: someCommand(
      (command) =>
        /^[$<>]\($/.test(command.introducer) &&
        (endsThere(command) ||
          hasOption(command) ||
          (command.certain && /^[\s$`)]/.test(command.rest)) ||
          command.rest.startsWith('$(')),
    ),
  },
  {
    id: 'command-in-backticks',
    family,
    score: 5,
    why: 'The whole value, or one after a separator, is a command in backticks.',
    attack: '`id`',
    innocent: 'the `date` field',
    needs: Sign.backtick,
    match: (subject) =>
      /^[^\s\w`]{0,3}`|[;|&$(\d]\s{0,3}`/.test(subject.trimmed) &&
      subject.trimmed.length < 2000 &&
      subject.commands.some(
        (command) =>
          command.introducer === '`' &&
          !isAssigned(command) &&
          (hasArguments(command) ||
            /[;|&$(\d]\s{0,3}`|^`[^`]{0,80}`\W{0,3}$/.test(subject.trimmed)),
      ),
  },
  {
    id: 'command-brace-expansion',
    family,
    score: 5,
    why: 'Brace expansion writes a command without blanks.',
    attack: '{cat,/etc/hosts}',
    innocent: '{id: 5, name: 3}',
    needs: Sign.brace,
    match: (subject) =>
      /[a-z]\{[a-z]{0,8},[a-z]{0,8}\}[a-z]/.test(subject.lower) ||
      (/\{,?[a-z0-9_.$"'/-]{1,20},[^\s{}:]{0,60}\}/.test(subject.lower) &&
        subject.commands.some(
          ({ introducer, rest }) => introducer.startsWith('{') && rest.startsWith(','),
        )),
  },
  {
    id: 'command-shell-expansion',
    family,
    score: 5,
    why: 'Shell syntax that has no meaning outside a shell.',
    attack: 'cat${IFS}hosts',
    innocent: 'costs ${price}',
    needs: Sign.letter,
    hints: [
      'ifs',
      '<<<',
      '/dev/',
      '>&',
      '> &',
      '${',
      '$((',
      "$'",
      'for /',
      'for %',
      'for  ',
      'alias',
      '.shell',
      '.system',
      '.databases',
      '.open',
      '.load',
      '.import',
      '.output',
      '.dump',
      '.read',
      '.log',
      '.excel',
      '.schema',
      '.tables',
      '.\\',
      '. shell',
      ';.',
    ],
    match: inText(
      /\$\{?ifs\b|<<<\s{0,3}['"$(`\w{]|\/dev\/(?:tcp|udp)\//,
      /[0-9]?>\s{0,2}&\s{0,2}[012]\b\s{0,3}(?:$|[;|&'"])/,
      /\$\{[a-z_]{1,20}(?:[#%/^,]{1,2}[^}]{0,30}|:[-+]?\d[^}]{0,20})\}|\$\(\(/,
      /\$'\\/,
      /\bfor\s{1,4}(?:\/[a-z]\s{0,3}["'(]?[^%\n]{0,40})?%{1,2}\S\s{1,4}in\s{0,4}\(/,
      /\balias\s{1,4}[a-z]{1,20}=\S/,
      /(?:^|[;\n]|\\n)\s{0,4}\.\s?\\?['"]{0,2}(?:shell|system|databases|open|load|import|output|dump|read|log|excel|schema|tables|shell)\b/,
    ),
  },
  {
    id: 'command-hidden-name',
    family,
    score: 5,
    why: 'Quotes, backslashes or empty variables inside a word hide a command or a path.',
    attack: 'c$@at /et$@c/pas$@swd',
    innocent: 'pass the $word',
    needs: Sign.letter,
    hints: ['$', '\\', "'", '"', '^', '['],
    match: (subject) =>
      (subject.signs & (Sign.dollar | Sign.backslash | Sign.quote)) !== 0 &&
      (subject.signs & (Sign.dollar | Sign.slash | Sign.pipe | Sign.semicolon)) !== 0 &&
      ((subject.signs & Sign.dollar) !== 0 || splitWord.test(subject.text)) &&
      subject.unquoted !== subject.lower &&
      hiddenNames.some((name) => name.test(subject.unquoted) && !name.test(subject.lower)),
  },
  {
    id: 'command-variable-word',
    family,
    score: 3,
    why: 'Variables used as parts of a command word.',
    attack: 'a=wh;b=oami;$a$b',
    innocent: 'costs $5 or $6',
    needs: Sign.dollar,
    match: inText(
      /(?:^|[;|&])\s?\w{1,20}=[^\s;|&]{1,30}[;&|][^\n$;|&]{0,30}[;&|]?[^\n$;|&]{0,9}\$\{?[a-z_]/,
      /[a-z]\$[a-z_]{1,9}\\{1,2}[a-z]/,
      /[|;&]\s{0,3}\$[a-z@*?]\w{0,12}\s{0,3}[a-z$]/,
    ),
  },
  {
    id: 'command-wildcard-path',
    family,
    score: 5,
    why: 'Wildcards inside a path spell a file without naming it.',
    attack: '/???/??t /???/p??s??',
    innocent: 'src/**/*.ts or /what?',
    needs: Sign.slash,
    hints: ['/?', '/e', '/b', '/u', '/[', '?/', '?t'],
    match: inText(
      /\/[a-z]{0,3}\?{2,6}[a-z]{0,3}\/[\w?*]/,
      /\/(?:et[*?c]|b[*?i][*?n]|us[*?r])\/[a-z]{0,9}[*?[][a-z*?[\]]{0,9}/,
      /\/(?:e[*?]c|\?tc|et\?|et\*|b\?n|bi\?|[a-z]{0,2}\[[a-z]\][a-z]{0,3})\/\w/,
    ),
  },
  {
    id: 'command-fork-bomb',
    family,
    score: 5,
    why: 'A shell function that calls itself twice in the background fills the process table.',
    attack: ':(){ :|:& };:',
    innocent: 'f() { return a | b; }',
    needs: Sign.brace | Sign.pipe | Sign.ampersand,
    match: inText(/[\w:]\s{0,3}\(\)\s{0,3}\{[^{}|]{1,40}\|[^{}|&]{1,40}&\s{0,3};?\s{0,3}\}/),
  },
];
