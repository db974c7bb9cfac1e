import type { ShellCommand } from '../lexers/shell-lexer.js';
import { inText, inTrimmed, someCommand } from '../match.js';
import type { Rule } from '../rule.js';
import { Sign } from '../signs.js';

const family = 'command-injection';

const option =
  /^\s{1,9}(?:-{1,2}[a-z?]|\/[a-z?]|~\/|\.{1,2}\/|\$|%[a-z]|[a-z]:[\\/]|\d{1,3}\.\d{1,3}\.|https?:|\*)|^\s{0,3}<{1,3}|^\s{0,3}>{1,2}\s?[\w/&]/;
const path = /^\s{1,9}[^;|&\n]{0,60}\/[a-z*?]/;
const ending = /^[\s)\]}]{0,3}(?:$|[;|&`'"#\n)])/;
const assignment = /^(?:\s{0,3}[=:[.,]|\(|\s{0,3}-?\w{0,20}=)/;

const systemPath = /\s\/(?:etc|bin|usr|var|proc|dev|tmp)\b/;
const splitWord = /\w['"\\^][\w'"/]|\w\\\w/;
const hiddenNames = [
  /\/etc\/\w/,
  /s?bin\/[a-z]/,
  /etc\/pass/,
  /;\s?cat\b/,
  /\|sh\b/,
  /\b(?:curl|wget|whoami|ifconfig)\b/,
];

const hasArguments = (command: ShellCommand): boolean =>
  option.test(command.rest) || path.test(command.rest);
const endsThere = (command: ShellCommand): boolean => ending.test(command.rest);
const isAssigned = (command: ShellCommand): boolean => assignment.test(command.rest);

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

export const commandRules: readonly Rule[] = [
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
    id: 'command-substitution',
    family,
    score: 5,
    why: 'The shell runs what stands in $( ) or backticks and pastes the output.',
    attack: '$(whoami)',
    innocent: '$(document).ready()',
    needs: Sign.letter,
    hints: ['$(', '<(', '>('],
    match: someCommand(
      ({ introducer, certain, rest }) =>
        /^[$<>]\($/.test(introducer) &&
        (ending.test(rest) ||
          option.test(rest) ||
          (certain && /^[\s$`)]/.test(rest)) ||
          rest.startsWith('$(')),
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
    needs: Sign.space,
    match: (subject) =>
      /^\s{0,3}[a-z][a-z0-9.-]{2,20}(?:\s[\w./:@='"*+-]{1,40}){1,5}\s{0,3}$/.test(subject.text) &&
      isCommandLine(subject.firstCommand),
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
    id: 'command-windows',
    family,
    score: 5,
    why: 'Constructs of cmd.exe and cmdlets of PowerShell.',
    attack: 'powershell Invoke-Expression x',
    innocent: 'if the files exist, start-up is quick',
    needs: Sign.letter,
    hints: [
      'exist',
      'errorlevel',
      'defined',
      'cmdext',
      '-expression',
      '-webrequest',
      '-restmethod',
      '-command',
      '-item',
      '-childitem',
      '-content',
      '-process',
      '-service',
      '-object',
      '-wmi',
      '-cim',
      '-credential',
      '-eventlog',
      '-hotfix',
      '-ps',
      '-module',
      '-variable',
      '-acl',
      '-alias',
      '-execution',
      '-job',
      '-history',
      '-csv',
      '-clixml',
      '-secure',
      '-computer',
      '-net',
      '-ad',
      '-type',
      '-ui',
      '-path',
      '-connection',
      '-winevent',
      '-bits',
      '-local',
      '-scheduled',
      '-mail',
      '-printer',
      '-random',
      '-unique',
      '-culture',
      '-member',
      '-location',
      '-transcript',
      '%com',
      '%win',
      '%sys',
      '%app',
      '%temp',
      '%user',
      '%prog',
    ],
    match: inText(
      /\bif\s{1,4}(?:\/i\s{1,4})?(?:not\s{1,4})?(?:exist\s{1,4}[^\s]{1,60}[.\\/(]|errorlevel\s|defined\s{1,4}\w|cmdextversion)/,
      /\b(?:invoke|get|set|new|start|stop|add|remove|import|export|out|write|read|test|clear|copy|move|rename|select|convertto|convertfrom|enter|register|suspend|update|wait|where|foreach|measure|compare|format|group|join|resolve|restart|save|send|show|sort|split|tee|trace|unblock|use)-(?:expression|webrequest|restmethod|command|item(?:property)?|childitem|content|process|service|object|wmi(?:object|method)|cim\w{4,12}|credential|eventlog|hotfix|psdrive|pssession|psdebug|module|variable|acl|alias|executionpolicy|job|history|csv|clixml|securestring|computer|netipaddress|adcomputer|aduser|typedata|type|uiculture|path|connection|winevent|bitstransfer|localuser|scheduledtask|mailmessage|printer|random|unique|culture|member|location|transcript)\b/,
      /%(?:comspec|windir|systemroot|appdata|temp|userprofile|programfiles)%/,
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
    id: 'command-mail-protocol',
    family,
    score: 5,
    why: 'A line break and a mail command speak to the mail server behind the form.',
    attack: '\r\nRCPT TO:<x@example.com>',
    innocent: 'quit asking for mail',
    needs: Sign.newline,
    hints: ['\r', '\nmail', '\nrcpt', '\nehlo', '\nhelo'],
    match: inText(
      /(?:\r\n?|\n(?=mail\s|rcpt\s|ehlo\s|helo\s))[ \t]{0,4}(?:(?:mail\s{1,3}from|rcpt\s{1,3}to)\s{0,3}:|(?:ehlo|helo|vrfy|expn|etrn|auth)\s{1,3}[\w.=-]{1,60}(?:\s{1,3}[\w+/=]{4,90})?\s{0,9}(?:$|[\r\n])|apop\s{1,3}\w{1,40}\s{1,3}[0-9a-f]{32}|(?:retr|dele|uidl|list|top|user|pass)\s{1,3}[\w.@]{1,40}(?:\s{1,3}\d{1,9})?\s{0,4}(?:$|[\r\n])|(?:rset|noop|quit|stat|starttls|capa|data)\s{0,4}(?:$|[\r\n])|(?:[a-z]{0,5}[0-9]{1,5}|[a-z])\s{1,3}(?:search|store|copy|status|select|examine|fetch|append|expunge|list|lsub|login|logout|create|delete|rename|subscribe|unsubscribe|capability|starttls|authenticate|check|close|uid|noop|getquota|getacl|setacl|setquota|listrights)(?:\s{1,3}[\w"'(*:/{+\\]|\s{0,4}(?:$|[\r\n])))/,
    ),
  },
];
