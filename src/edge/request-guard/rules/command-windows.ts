import { inText } from '../match.js';
import type { Rule } from '../rule.js';
import { Sign } from '../signs.js';

const family = 'command-injection';

// What a cmdlet works on, as far as it tells.
const cmdletNouns =
  '-expression -webrequest -restmethod -command -item -childitem -content -process -service -object -wmi -cim -credential -eventlog -hotfix -ps -module -variable -acl -alias -execution -job -history -csv -clixml -secure -computer -net -ad -type -ui -path -connection -winevent -bits -local -scheduled -mail -printer -random -unique -culture -member -location -transcript'.split(
    ' ',
  );

export const commandWindowsRules: readonly Rule[] = [
  {
    id: 'command-windows',
    family,
    score: 5,
    why: 'Constructs of cmd.exe and cmdlets of PowerShell.',
    attack: 'powershell Invoke-Expression x',
    innocent: 'if the files exist, start-up is quick',
    needs: Sign.letter,
    anyOf: [
      {
        hints: ['exist', 'errorlevel', 'defined', 'cmdext'],
        match: inText(
          /\bif\s{1,4}(?:\/i\s{1,4})?(?:not\s{1,4})?(?:exist\s{1,4}[^\s]{1,60}[.\\/(]|errorlevel\s|defined\s{1,4}\w|cmdextversion)/,
        ),
      },
      {
        hints: cmdletNouns,
        match: inText(
          /\b(?:invoke|get|set|new|start|stop|add|remove|import|export|out|write|read|test|clear|copy|move|rename|select|convertto|convertfrom|enter|register|suspend|update|wait|where|foreach|measure|compare|format|group|join|resolve|restart|save|send|show|sort|split|tee|trace|unblock|use)-(?:expression|webrequest|restmethod|command|item(?:property)?|childitem|content|process|service|object|wmi(?:object|method)|cim\w{4,12}|credential|eventlog|hotfix|psdrive|pssession|psdebug|module|variable|acl|alias|executionpolicy|job|history|csv|clixml|securestring|computer|netipaddress|adcomputer|aduser|typedata|type|uiculture|path|connection|winevent|bitstransfer|localuser|scheduledtask|mailmessage|printer|random|unique|culture|member|location|transcript)\b/,
        ),
      },
      {
        hints: ['%com', '%win', '%sys', '%app', '%temp', '%user', '%prog'],
        match: inText(/%(?:comspec|windir|systemroot|appdata|temp|userprofile|programfiles)%/),
      },
      {
        hints: [':~', '^', '$env:'],
        match: inText(/%\w{1,30}:~-?\d|(?:[a-z]\^){3}[a-z]|\$env:\w{1,30}(?:\[|\s{0,2}[;|)])/),
      },
    ],
  },
];
