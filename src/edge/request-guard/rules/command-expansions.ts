import { inText, someCommand } from '../match.js';
import type { Rule } from '../rule.js';
import { Sign } from '../signs.js';
import { endsThere, hasArguments, hasOption, isAssigned } from './command-forms.js';

const family = 'command-injection';

// Everyday words, but not behind `$(`.
const printers = new Set('cat cut date echo find head print printf sort tail tr which'.split(' '));

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
      'substitution',
      (command) =>
        endsThere(command) ||
        hasOption(command) ||
        (command.certain && /^[\s$`)]/.test(command.rest)) ||
        (printers.has(command.name) && /^\s/.test(command.rest)) ||
        command.rest.startsWith('$('),
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
      /^[^\s\w`*_-]{0,3}`|[;|&$]\s?`|\d\s?`[a-z/]|[$=]\(\s?`/.test(subject.trimmed) &&
      subject.trimmed.length < 2000 &&
      subject
        .commandsBehind('backtick')
        .some(
          (command) =>
            !isAssigned(command) &&
            (hasArguments(command) ||
              /[;|&$]\s?`|\d\s?`[a-z/]|[$=]\(\s?`|^`[^`]{0,80}`(?:\W{0,3}|\.\w{1,12})$/.test(
                subject.trimmed,
              )),
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
        subject.commandsBehind('brace').some(({ rest }) => rest.startsWith(','))),
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
      '. /',
    ],
    match: inText(
      /\$\{?ifs\b|<<<\s{0,3}['"$(`\w{]|\/dev\/(?:tcp|udp)\//,
      /[0-9]?>\s{0,2}&\s{0,2}[012]\b\s{0,3}(?:$|[;|&'"])/,
      /\$\{[a-z_]{1,20}(?:[#%/^,]{1,2}[^}]{0,30}|:[-+]?\d[^}]{0,20})\}|\$\(\(/,
      /\$'\\|[;|&]\s?\.\s\/\w/,
      /\bfor\s{1,4}(?:\/[a-z]\s{0,3}["'(]?[^%\n]{0,40})?%{1,2}\S\s{1,4}in\s{0,4}\(/,
      /\balias\s{1,4}[a-z]{1,20}=\S/,
      /(?:^|[;\n]|\\n)\s{0,4}\.\s?\\?['"]{0,2}(?:shell|system|databases|open|load|import|output|dump|read|log|excel|schema|tables|shell)\b/,
    ),
  },
  {
    id: 'command-variable-word',
    family,
    score: 3,
    why: 'Variables used as parts of a command word.',
    attack: 'a=wh;b=oami;$a$b',
    innocent: 'costs $5 or $6',
    needs: Sign.dollar,
    anyOf: [
      {
        hints: [';', '|', '&'],
        match: inText(
          /(?:^|[;|&])\s?\w{1,20}=[^\s;|&]{1,30}[;&|][^\n$;|&]{0,30}[;&|]?[^\n$;|&]{0,9}\$\{?[a-z_]/,
          /[|;&]\s{0,3}\$[a-z@*?]\w{0,12}\s{0,3}[a-z$]/,
        ),
      },
      { hints: ['\\'], match: inText(/[a-z]\$[a-z_]{1,9}\\{1,2}[a-z]/) },
    ],
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
