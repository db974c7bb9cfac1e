import { inText } from '../match.js';
import type { Rule } from '../rule.js';
import { Sign } from '../signs.js';

const family = 'header-injection';

export const headerRules: readonly Rule[] = [
  {
    id: 'header-line',
    family,
    score: 5,
    why: 'A line break and a response header split the answer in two.',
    attack: 'x\r\nSet-Cookie: a=b',
    innocent: 'Note:\nthe location is set',
    needs: Sign.newline | Sign.colon,
    hints: [
      '\r',
      '\nset-',
      '\nlocation',
      '\ncontent-',
      '\ntransfer',
      '\nrefresh',
      '\naccess-',
      '\nx-',
      '\ncache-',
      '\nexpires',
      '\nhost',
      '\nreferer',
      '\nconnection',
      '\nlink',
      '\np3p',
      '\nstatus',
      '\nvia',
      '\nbcc',
      '\ncc',
    ],
    match: inText(
      /[\r\n]\s{0,3}(?:set-cookie2?|location|content-(?:length|type|disposition|encoding)|transfer-encoding|refresh|access-control-allow-\w{1,12}|x-[a-z-]{2,40}|cache-control|expires|host|referer|connection|link|p3p|status|via|bcc|cc)\s{0,3}:\s{0,3}[^\s]/,
    ),
  },
  {
    id: 'header-status-line',
    family,
    score: 8,
    why: 'A second request or status line in one value (request smuggling, response splitting).',
    attack: 'x\r\nHTTP/1.1 200 OK',
    innocent: 'we speak HTTP here',
    needs: Sign.slash,
    hints: ['http/'],
    match: inText(
      /[\r\n]\s{0,3}http\/[0-9.]{1,3}\s{1,3}\d{3}/,
      /(?:^|[\r\n])\s{0,3}(?:get|post|head|put|options|connect|trace|propfind|delete|patch)\s{1,9}(?:\/|https?:)[^\s]{0,200}\s{1,9}http\/\d/,
      /[\w>]\s{0,3}http\/[0-9.]{3}[\r\n]/,
    ),
  },
  {
    id: 'header-lone-return',
    family,
    score: 3,
    why: 'A carriage return without its line feed and a parameter after it.',
    attack: 'test\rnext=more',
    innocent: 'one\r\ntwo',
    needs: Sign.newline | Sign.equals,
    match: inText(
      /\r(?!\n)[\w-]{1,40}\s{0,3}[:=]|^[^=\n\r]{0,40}[\r\n]{1,2}\w{1,30}=[^\n\r]{0,60}$/,
    ),
  },
];
