import { inTrimmed, someCommand } from '../match.js';
import type { Rule } from '../rule.js';
import { Sign } from '../signs.js';
import { endsThere, hasArguments, isAssigned } from './command-forms.js';

const family = 'command-injection';

const systemPath = /\s\/(?:etc|bin|usr|var|proc|dev|tmp)\b/;

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
    match: someCommand(
      (command) =>
        /^[;|&]$/.test(command.introducer) && !isAssigned(command) && hasArguments(command),
    ),
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
    match: someCommand((command) => {
      if (!/^[;|&]$/.test(command.introducer) || isAssigned(command)) return false;
      if (command.introducer === '&' && command.rest.startsWith(';')) return false;
      return command.certain && (command.name.length > 3 || endsThere(command));
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
    match: someCommand((command, subject) => {
      if (!/^[;|&]$/.test(command.introducer) || command.certain || isAssigned(command))
        return false;
      if (/^sleep$/.test(command.name) && /^\s{1,3}\d{1,4}\W{0,3}$/.test(command.rest)) return true;
      if (command.introducer === '&') return command.doubled && endsThere(command);
      // Nothing but the separator stands before the command, nothing after it.
      if (/^[\s'"]{0,3}[;|&]/.test(subject.lower) && /^[\s'"]{0,3}$/.test(command.rest))
        return true;
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
    id: 'command-on-new-line',
    family,
    score: 3,
    why: 'A line break that starts a command line.',
    attack: '\nid\n',
    innocent: 'first line\nfind out more',
    needs: Sign.newline,
    match: (subject) => {
      const startsLine = /^[\s'"]{0,4}[\n\r]/.test(subject.text);
      if (!startsLine && (subject.signs & Sign.slash) === 0) return false;
      if (!startsLine && !systemPath.test(subject.text)) return false;
      return subject.commands.some(
        (command) =>
          /^[\n\r]$/.test(command.introducer) &&
          !isAssigned(command) &&
          (/^\s{1,4}\/(?:etc|bin|usr|var|proc|dev|tmp)\b/.test(command.rest) ||
            (startsLine && (endsThere(command) || hasArguments(command)))),
      );
    },
  },
];
