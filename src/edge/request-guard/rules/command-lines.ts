import type { ShellCommand } from '../lexers/shell-lexer.js';
import { inText, inTrimmed } from '../match.js';
import type { Rule } from '../rule.js';
import { Sign } from '../signs.js';
import { endsThere, isAssigned } from './command-forms.js';

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
    needs: Sign.space,
    match: (subject) =>
      /^\s{0,3}[a-z][a-z0-9.-]{2,20}(?:\s[\w./:@='"*+-]{1,40}){1,5}\s{0,3}$/.test(subject.text) &&
      isCommandLine(subject.firstCommand),
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
];
