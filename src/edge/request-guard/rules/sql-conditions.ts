import { inSql } from '../match.js';
import type { Rule } from '../rule.js';
import { Sign } from '../signs.js';
import type { Subject } from '../subject.js';

const family = 'sql-injection';

// Cheap looks at the text before it is read as SQL at all.
const endsOpen = /(?:[=("'`&|]|\b(?:and|or|like))\s{0,3}$/i;
const startsWithOperator =
  /^[\s()!]{0,9}(?:(?:and|or|xor)\b|\)\s{0,3}as\b|\|\||&&|\d{1,9}\s{1,3}(?:and|or|\/\*))|^\w{1,20}=\s?(?:(?:and|or|xor)\b|\|\||&&)/i;
// A logical operator and what may begin a literal behind it, comments included: of code and prose,
// hardly anything is left to be read as SQL. `1or 1=1` has its operator behind a number, at once; no
// character of a number is the `n` or `o` of an operator, so that no number is looked at twice.
const literalBehindOperator = new RegExp(
  String.raw`(?:(?:and|or)(?:(?<![a-z_](?:and|or))|(?<=\d[\da-fx._]*(?:and|or))|(?<=xor))` +
    String.raw`(?![\w.$\u0080-\u009f\u00a1-\uffff])|\|\||&&)\s*` +
    String.raw`(?:[\d'"!(#/*\u00b4\u2018\u2019-]|not|null|true|false|unknown)`,
);
const anySql = (subject: Subject, pattern: RegExp): boolean =>
  pattern.test(subject.bareSql) || subject.quotedSql.some((shape) => pattern.test(shape));

// Patterns over shapes: see lexers/sql-words.ts for the letters.
export const sqlConditionRules: readonly Rule[] = [
  {
    id: 'sql-literal-comparison',
    family,
    score: 8,
    why: 'AND/OR with a comparison of two literals changes what the condition selects.',
    attack: "x' OR 1=1 --",
    innocent: '"foo" AND "bar", 1 or 2 = few',
    needs: Sign.comparison,
    hints: ['or', 'and', '||', '&&'],
    match: inSql(/&!{0,3}\(*[1sN]\)*=!?\(*[1sqNvfg](?!\?$)|&q[1w]q=q?[1w]/, literalBehindOperator),
  },
  {
    id: 'sql-literal-predicate',
    family,
    score: 5,
    why: 'AND/OR with a literal compared by a keyword, or with a query in parentheses.',
    attack: "' or 1 in (select @@version)--",
    innocent: '2 or 3 in a row',
    needs: Sign.letter,
    anyOf: [
      {
        hints: [
          'select',
          ' like ',
          'between',
          'regexp',
          'rlike',
          'glob',
          ' in (',
          ' in(',
          'null',
          'sounds',
        ],
        match: inSql(/&!{0,3}\(*[1sN]\)*k!?k?\(*[1sqNv(]/, literalBehindOperator),
      },
      { hints: ['select'], match: inSql(/&!{0,3}(?:\(*[1swv]?\)*[=k])?\(+E/) },
    ],
  },
  {
    id: 'sql-bare-tautology',
    family,
    score: 3,
    why: 'The whole value compares two literals, or is an operator between two quotes.',
    attack: "'a'='a'",
    innocent: '2 in 1',
    needs: 0,
    hints: ['=', '<', '>', 'like', ' is ', "'", '"'],
    match: (subject) =>
      subject.text.length < 64 &&
      /^[\s(]{0,4}['"\d]/.test(subject.text) &&
      (/^['"]\s?[-&^*+=|/%<> ]{1,2}\s?['"]$/.test(subject.trimmed) ||
        /^(\d{1,9})\s?(?:=|<=>|like)\s?\1$/.test(subject.trimmed) ||
        /^(?:s\)*=!?[1sq]|1=s|s!?k{1,2}[sq]|[1s]k!?N)\)*c?$/.test(subject.bareSql)),
  },
  {
    id: 'sql-order-by-number',
    family,
    score: 3,
    why: 'ORDER BY a column number probes how many columns the query has.',
    attack: "1' ORDER BY 3-- ",
    innocent: 'sort the order by 5 pm',
    needs: Sign.digit,
    hints: ['order', 'group'],
    match: inSql(/Bb1(?:[,c)]|$)|Bbf\(/),
  },
  {
    id: 'sql-having-condition',
    family,
    score: 5,
    why: 'HAVING with a literal or aggregate makes the database tell its columns.',
    attack: "' HAVING 1=1--",
    innocent: 'having 1 child',
    needs: Sign.letter,
    hints: ['having'],
    match: inSql(/H\(*[1sN]=|H[fg]\([^()]{0,4}\)(?:$|[&=ck])/),
  },
  {
    id: 'sql-dangling-condition',
    family,
    score: 3,
    why: 'A condition cut off in the middle is completed by the statement around it.',
    attack: 'AND 6698=(',
    innocent: 'salt and pepper = taste',
    needs: Sign.letter,
    hints: ['and', 'or', '=', '&&', '||', 'like', 'div', '(', '`'],
    match: (subject) =>
      subject.text.length < 400 &&
      (endsOpen.test(subject.text.slice(-12)) || /^(?:div|mod)\(/i.test(subject.text)) &&
      anySql(
        subject,
        /(?:^|[=s1])[&][!(]*(?:[wv1sfg]{1,2}[=]{1,2}[=(]*[sq]?$|[1s]k[sq]?$)|=\+?[wv1s]?&$|=[1w]?\+1&|=[kw]{1,3}=q$|(?:^|[w1s=])&[!($]+(?:[Nw1s]=*\(?q?)?$|^i\([1wvsf]=$|^[w1]kq$|^`=1?\)&`|^k\(1,/,
      ),
  },
  {
    id: 'sql-leading-operator',
    family,
    score: 3,
    why: 'A value that begins with a logical operator continues somebody else’s condition.',
    attack: "or json_extract(a,'$.b') = 1",
    innocent: 'or 5 people',
    needs: 0,
    hints: ['and', 'or', '||', '&&', 'as'],
    match: (subject) =>
      startsWithOperator.test(subject.text) &&
      /^w=&!?\(*[wvN1sfg]==?|^1\)*&!?\(*(?:f\(|[1w]\)*=[fg(]|\(?E)|^1&!?N\)*c?$|^\)+AwF|^[()]*&[!(]*(?:[1sNv](?:$|[^w1,.:;?+\-sFk&])|f\([^)]|s[+c?=]|w=w$)/.test(
        subject.bareSql,
      ),
  },
  {
    id: 'sql-trailing-comment',
    family,
    score: 5,
    why: 'A short value with a stray quote or an operator that ends in a comment.',
    attack: "x' collate nocase--",
    innocent: "that's it -- Ada",
    needs: 0,
    hints: ['--', '#', '/*'],
    match: (subject) =>
      subject.lower.length < 400 &&
      /(?:--[\s+-]{0,3}|#|\/\*)$/.test(subject.trimmed.slice(-8)) &&
      subject.sqlShapes.some((shape) =>
        /^(?:[s1]?\)*[&=Uk]!?[&=U1sNvkfgwq()]{1,12}c|s\)*[w=k+][=kwvNfg1()+s]{0,12}c|f\([^)]{0,9}\)*c|\(*[s1(]{1,4}&[1s)(]{1,8}c)$/.test(
          shape,
        ),
      ),
  },
];
