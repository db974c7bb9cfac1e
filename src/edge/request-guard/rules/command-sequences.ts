import type { ShellCommand } from '../lexers/shell-lexer.js';
import { inText, inTrimmed, someCommand } from '../match.js';
import type { Rule } from '../rule.js';
import { Sign } from '../signs.js';
import type { Subject } from '../subject.js';
import { endsThere, hasArguments, isAssigned } from './command-forms.js';

const family = 'command-injection';

const systemPath = /^\s{1,4}\/(?:etc|bin|usr|var|proc|dev|tmp)\b/;
const lineStart = /^[\s'"]{0,4}[\n\r]/;
const oneWord = /^\S{1,40}[\n\r]/;
const startsLine = (command: ShellCommand): boolean =>
  endsThere(command) || hasArguments(command) || /^\s{1,3}\d{1,5}\s{0,3}$/.test(command.rest);
const hasOptionBehindWord = ({ rest }: ShellCommand): boolean => /^\s-{1,2}[a-z]/.test(rest);
const someLine = (subject: Subject, holds: (command: ShellCommand) => boolean): boolean =>
  subject.commandsBehind('line').some((command) => !isAssigned(command) && holds(command));

export const commandSequenceRules: readonly Rule[] = [
  {
    id: 'command-after-separator',
    family,
    score: 8,
    why: 'A shell separator, a known command and an argument in a command’s form.',
    attack: 'x; cat /etc/hosts',
    innocent: 'a hero; more than a man',
    needs: Sign.letter,
    hints: [';', '|', '&'],
    match: someCommand('separator', (command) => !isAssigned(command) && hasArguments(command)),
  },
  {
    id: 'command-name-after-separator',
    family,
    score: 5,
    why: 'A shell separator and a command that is no everyday word.',
    attack: 'x|whoami',
    innocent: 'name | id-card | colour',
    needs: Sign.letter,
    hints: [';', '|', '&'],
    match: someCommand('separator', (command) => {
      if (isAssigned(command)) return false;
      if (command.introducer === '&' && command.rest.startsWith(';')) return false;
      return (
        command.certain &&
        (command.name.length > 3 ||
          endsThere(command) ||
          /^\s{1,3}[\w-]{1,30}\.[a-z]{1,4}\b/.test(command.rest))
      );
    }),
  },
  {
    id: 'command-word-after-separator',
    family,
    score: 3,
    why: 'A separator with no blank behind it and a command that is an everyday word as well.',
    attack: 'x;id',
    innocent: 'one; more or less',
    needs: Sign.letter,
    hints: [';', '|', '&'],
    match: someCommand('separator', (command, subject) => {
      if (command.certain || isAssigned(command)) return false;
      if (/^sleep$/.test(command.name) && /^\s{1,3}\d{1,4}\W{0,3}$/.test(command.rest)) return true;
      // Nothing but the separator stands before the command, nothing after it.
      if (/^[\s'"]{0,3}[;|&]/.test(subject.lower) && /^[\s'"&})]{0,3}$/.test(command.rest))
        return true;
      // A quote closes the value before the separator.
      if (/^[^\s'"]{0,20}['"]\)?\s?[;|&]/.test(subject.lower) && endsThere(command)) return true;
      if (command.introducer === '&') return command.doubled && endsThere(command);
      return command.adjacent && (endsThere(command) || /^\s['"(\w]/.test(command.rest));
    }),
  },
  {
    id: 'command-pipe-to-shell',
    family,
    score: 5,
    why: 'Output piped into an interpreter is run.',
    attack: 'cat x | sh',
    innocent: 'beach | sea | shell',
    needs: Sign.pipe,
    hints: ['sh'],
    match: inTrimmed(
      /^[^|]{1,200}[^|\s`]\s{0,3}\|\s{0,3}(?:ba|z|k|da)?sh\b(?:\s{0,3}$|\s{0,3}[;&`'"]|\s{1,3}-)/,
    ),
  },
  {
    id: 'command-pipeline',
    family,
    score: 5,
    why: 'The value begins with a command and pipes its output into another.',
    attack: "echo . | tr 'a' 'b'",
    innocent: 'find | replace | view',
    needs: Sign.pipe | Sign.space,
    match: (subject) =>
      subject.firstCommand !== null &&
      /^\s[^|\n]{1,200}\|/.test(subject.firstCommand.rest) &&
      subject
        .commandsBehind('separator')
        .some(
          (command) =>
            command.introducer === '|' &&
            !isAssigned(command) &&
            (hasArguments(command) || /^\s{1,3}['"]/.test(command.rest)),
        ),
  },
  {
    id: 'command-cmdlet-after-separator',
    family,
    score: 5,
    why: 'A separator and a PowerShell cmdlet with a parameter or nothing behind it.',
    attack: '";start-sleep -s 9',
    innocent: 'good; start-up costs were low',
    needs: Sign.dash,
    hints: [';', '|', '&'],
    match: inText(
      /[;|&]\s{0,3}(?:get|set|start|stop|invoke|new|remove|add|out|write|import|export|select|where|sort)-[a-z]{3,20}(?:\s{1,3}-[a-z]|(?<=get-[a-z]{3,20})\s{0,3}(?:$|[#;|&'"]))/,
    ),
  },
  {
    id: 'command-on-new-line',
    family,
    score: 3,
    why: 'A line break that starts a command line.',
    attack: '\nid\n',
    innocent: 'first line\nfind out more',
    needs: Sign.newline,
    anyOf: [
      { match: (subject) => lineStart.test(subject.text) && someLine(subject, startsLine) },
      { match: (subject) => oneWord.test(subject.text) && someLine(subject, hasOptionBehindWord) },
      {
        hints: ['/etc', '/bin', '/usr', '/var', '/proc', '/dev', '/tmp'],
        match: (subject) => someLine(subject, ({ rest }) => systemPath.test(rest)),
      },
    ],
  },
];
