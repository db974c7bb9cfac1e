import { inText } from '../match.js';
import type { Rule } from '../rule.js';
import { Sign } from '../signs.js';

const family = 'command-injection';

export const mailRules: readonly Rule[] = [
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
