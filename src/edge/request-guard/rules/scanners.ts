import { inText, inTrimmed } from '../match.js';
import type { Rule } from '../rule.js';
import { Sign } from '../signs.js';

const family = 'scanner';

export const scannerRules: readonly Rule[] = [
  {
    id: 'scanner-user-agent',
    family,
    score: 8,
    why: 'Vulnerability scanners that announce themselves.',
    attack: 'sqlmap/1.8#stable (https://sqlmap.org)',
    innocent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0',
    needs: Sign.letter,
    places: ['header'],
    match: inText(
      /\b(?:sqlmap|nikto|nessus|openvas|acunetix|netsparker|invicti|arachni|w3af|wpscan|joomscan|dirbuster|gobuster|feroxbuster|ffuf|wfuzz|dirsearch|nuclei|masscan|zgrab|zmeu|havij|commix|xsser|skipfish|vega\/|appscan|webinspect|qualys|burpcollaborator|jaeles|whatweb|wapiti|morfeus|jorgee|fimap|grendel-scan|paros|nmap scripting engine|burp suite|cgichk|brutus|hydra|metis|pangolin|jbrofuzz|wafw00f|xspider|detectify|crowdstrike scanner|project discovery|projectdiscovery)/,
    ),
  },
  {
    id: 'scanner-script-client',
    family,
    score: 3,
    why: 'Bare HTTP libraries and crawlers of mass scans; honest scripts use them too.',
    attack: 'python-requests/2.31.0',
    innocent: 'ExampleApp/3.1 (iOS 18)',
    needs: Sign.letter,
    places: ['header'],
    match: inTrimmed(
      /^(?:python-requests|python-urllib|libwww-perl|lwp::simple|go-http-client|java\/\d|curl\/\d|wget\/\d|scrapy|mechanize|httpclient|okhttp|winhttp|fasthttp|hello,? world|l9explore|censysinspect|expanse|internetmeasurement|zgrab)/,
    ),
  },
];
