import { plainCommands } from '../lexers/shell-commands.js';
import { unquote } from '../lexers/shell-lexer.js';
import { inText } from '../match.js';
import type { Rule } from '../rule.js';
import { Sign } from '../signs.js';

const family = 'command-injection';

const splitWord = /['"\\^](?<=\w.)[\w'"/]/;
const hiddenNames = [
  /\/etc\/\w/,
  /s?bin\/[a-z]/,
  /etc\/pass/,
  /;\s?cat\b/,
  /\|sh\b/,
  /\b(?:curl|wget|whoami|ifconfig)\b/,
];

function isSplitCommand(text: string): boolean {
  const word = /^[\s;|&]{0,4}([a-z'"\\^]{4,60})(?:\s|$)/.exec(text)?.[1];
  // A shell wants its quotes in pairs; an apostrophe comes alone.
  if (word === undefined || !/[a-z](?:'[a-z]*'|"[a-z]*"|\\|\^)[a-z]/.test(word)) return false;
  const name = unquote(word);
  return name.length > 1 && plainCommands.has(name);
}

export const commandDisguiseRules: readonly Rule[] = [
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
    id: 'command-split-word',
    family,
    score: 5,
    why: 'The first word is a command once quotes, backslashes and empty substitutions are gone.',
    attack: "wh''oami",
    innocent: "rock'n'roll",
    needs: Sign.letter,
    anyOf: [
      { hints: ['$('], match: inText(/[a-z]\$\((?:echo\s[^()]{1,20})?\)[a-z/]/) },
      { hints: ['`'], match: inText(/[a-z]`(?:echo\s[^`]{1,20})?`[a-z]/) },
      { hints: ["'", '"', '\\', '^'], match: ({ lower }) => isSplitCommand(lower) },
    ],
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
];
