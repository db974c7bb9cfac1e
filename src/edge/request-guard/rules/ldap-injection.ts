import { inText } from '../match.js';
import type { Rule } from '../rule.js';
import { Sign } from '../signs.js';

const family = 'ldap-injection';

export const ldapRules: readonly Rule[] = [
  {
    id: 'ldap-filter-breakout',
    family,
    score: 5,
    why: 'A parenthesis or star closes the filter and a new condition begins.',
    attack: '*)(uid=*))(|(uid=*',
    innocent: '(a) (b) and 2*(3)',
    needs: Sign.paren,
    hints: [')!', ') !', ')(', ') (', ')\t(', ')\n(', '*)', '*(', '(|'],
    match: inText(
      /[*\w]\)\s?!?\(\s?[&|!](?![&|=])|\w\)\s?!\s?\(\w{1,20}=/,
      /[*\w\\]\)\s?\(\s?\(?[&|!]?\(?\s?[a-z]{2,30}[~<>]?=/,
      /^\W{0,3}\)\s?\(\s?[&|!a-z]|\*\)\s?[()&|]|\)\(\w{1,20}=\)|\*\(\|/,
      /\(\|\(?\s?\w{1,20}=\*|\w\*\)\(|\*\(\)[|&]|\(\*\)\*/,
    ),
  },
  {
    id: 'ldap-filter',
    family,
    score: 3,
    why: 'A whole filter with an operator in front, as directory servers read it.',
    attack: '(&(uid=admin)(!(userPassword=x)))',
    innocent: '(see (a) and (b))',
    needs: Sign.equals,
    hints: ['(&', '(|', '(!', '( &', '( |', '( !', 'objectclass', '=*)', ':=', ':dn'],
    match: inText(
      /\(\s?[&|!]\s?\(?\s?[a-z][\w-]{0,30}\s?[~<>]?=[^()\n]{0,60}\)|\w:[\d.]{3,40}:=|\w:dn:=|\bobjectclass=(?:\*|\w)|\(\w{1,30}=\*\)\s?[()]/,
    ),
  },
];
