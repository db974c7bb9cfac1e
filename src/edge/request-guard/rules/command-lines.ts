import { commandAt, type ShellCommand } from '../lexers/shell-lexer.js';
import { inTrimmed } from '../match.js';
import type { Rule } from '../rule.js';
import { Sign } from '../signs.js';
import { endsThere, hasArguments, isAssigned } from './command-forms.js';

const family = 'command-injection';

// People quote these to each other all day; alone they harm nobody.
const developerTools = new Set(
  'git docker npm npx node yarn composer dotnet make kubectl cc gcc'.split(' '),
);

function isCommandLine(command: ShellCommand | null): boolean {
  if (command === null || developerTools.has(command.name)) return false;
  if (command.certain)
    return !/^\s(?:is|are|was|and|or|the|a|of|in|to|for|with|on)\b/.test(command.rest);
  if (command.name === 'sleep') return /^\s\d{1,4}\s{0,3}$/.test(command.rest);
  return /^\s['"]{0,2}-[\w'"-]/.test(command.rest);
}

export const commandLineRules: readonly Rule[] = [
  {
    id: 'command-at-start',
    family,
    score: 3,
    why: 'The value itself is a command line, as for a field that is passed to a shell.',
    attack: 'cat /path/file.gz',
    innocent: 'cat and mouse',
    needs: Sign.letter,
    hints: [
      '/',
      '\\',
      '<<<',
      '~',
      '-',
      'ansible',
      'ipconfig',
      'ifconfig',
      'netstat',
      'whoami',
      'nslookup',
      'systeminfo',
      'net',
      'lsof',
      'chef',
      'phpinfo',
      'tasklist',
      'wmic',
      'regedit',
    ],
    match: ({ firstCommand: command }) =>
      command !== null &&
      !isAssigned(command) &&
      (/^\s{1,4}(?:\/[a-z]{2,}|~\/|\.{1,2}\/|-[a-z]\s|[^\s;|&]{0,30}\/[a-z]{2,12}\/|[a-z]:\\|<<<)|^<<</.test(
        command.rest,
      ) ||
        (/^ansible|^(?:ipconfig|ifconfig|netstat|whoami|nslookup|systeminfo|net|lsof|chef-run|phpinfo|tasklist|wmic|regedit)$/.test(
          command.name,
        ) &&
          (endsThere(command) ||
            command.name.includes('-') ||
            /^\s(?:all|user|view|localgroup)\b/.test(command.rest)))),
  },
  {
    id: 'command-line',
    family,
    score: 3,
    why: 'The whole value is one short command line in lower case.',
    attack: 'pip3 install something',
    innocent: 'Perl is a language of its own',
    needs: Sign.letter,
    hints: [' ', ';', '|'],
    match: (subject) =>
      (/^[\s'"]{0,3}[a-z][a-z0-9.-]{2,20}(?:\s[\w./:@='"*+-]{1,40}){1,5}\s{0,3}$/.test(
        subject.text,
      ) &&
        isCommandLine(subject.firstCommand)) ||
      (/^[a-z][a-z0-9.-]{1,20}(?:\s[\w./:@=-]{1,40}){0,4}\s?[;|]\s{0,3}$/.test(subject.text) &&
        subject.firstCommand !== null &&
        !developerTools.has(subject.firstCommand.name)),
  },
  {
    id: 'command-after-stray-sign',
    family,
    score: 3,
    why: 'The value begins with a sign of the shell and a command.',
    attack: '^ping 10.0.0.9',
    innocent: '<time datetime="x">',
    needs: Sign.letter,
    hints: ['^', '<'],
    match: ({ lower }) => {
      if (!/^['"]?[<^][a-z]/.test(lower) || lower.includes('>')) return false;
      const command = commandAt(lower, lower.search(/[a-z]/), 'start');
      return (
        command !== null && !isAssigned(command) && (endsThere(command) || hasArguments(command))
      );
    },
  },
  {
    id: 'command-redirection',
    family,
    score: 3,
    why: 'The whole value redirects to or from a system file.',
    attack: '> /tmp/x',
    innocent: '> quoted text',
    needs: Sign.angle | Sign.slash,
    match: inTrimmed(
      /^['"]?\d?[<>]{1,2}\s{0,2}\/(?:etc|tmp|dev|var|proc|home|root)\/[^\s<>]{1,80}$/,
    ),
  },
  {
    id: 'command-shell-shorthand',
    family,
    score: 3,
    why: 'The whole value is shell shorthand: history, previous folders, a subshell.',
    attack: '!-1',
    innocent: 'wow!!',
    needs: 0,
    hints: ['!', '~', '<(', '>('],
    match: inTrimmed(
      /^(?:!(?:-?\d{1,3}|!)(?::\S{1,9})?|~[+-]?\d{0,2}(?:\/.{0,40})?|[<>]\([^()]{1,60}\))$/,
    ),
  },
];
