import { inQuotedSql, inTrimmed } from '../match.js';
import type { Rule } from '../rule.js';
import { Sign } from '../signs.js';

const family = 'sql-injection';

// Patterns over shapes: see lexers/sql-words.ts for the letters.
export const sqlQuoteRules: readonly Rule[] = [
  {
    id: 'sql-quote-then-condition',
    family,
    score: 8,
    why: 'A quote closes the value and a condition goes on.',
    attack: "x' or username = 'admin",
    innocent: "the dogs' and cats' food = cheap",
    needs: Sign.quote,
    match: inQuotedSql(
      /^s\)*&!{0,3}\(*[wv1sNfg](?:\([^()]{0,12}\)|\[w\])?(?:[=c!]|k!?k?[1sqNvf(])/,
    ),
  },
  {
    id: 'sql-quote-then-operator',
    family,
    score: 5,
    why: 'A quote closes the value and an operator, function or new quote follows.',
    attack: "admin' or '",
    innocent: "it's 5' or 6' tall",
    needs: Sign.quote,
    match: inQuotedSql(
      /^s\)*(?:&!{0,3}\(*(?:[fg]\(|[wvNfg1s]\)*k!?[1sqNv(]|[qs]q?$|w\)$|1$|N\)*c?$|v|s[+=&]{1,2}q$)|[+=k]{1,3}(?:\(*E|f\(|1[+=]{1,2}[sq]|s&[sq]?q$)|k{0,2}k!?\(E)/,
    ),
  },
  {
    id: 'sql-quote-then-more',
    family,
    score: 3,
    why: 'A quote closes a value without blanks and a condition or query is begun.',
    attack: "x' or json_valid (id);",
    innocent: "d'or et d'argent",
    needs: Sign.quote,
    match: (subject) =>
      /^[^\s'"]{0,40}['"]/.test(subject.lower) &&
      (/\w\\?['"]{1,2}(?:or|and|xor)['"]\w/.test(subject.lower) ||
        subject.quotedSql.some(
          (shape) =>
            /^s\)*(?:&!{0,3}\(*(?:[1sN][,;=+&)]|[wfg]\(|E|v)|U[dwE(+]|[Tt]?E[1vf(+]|;(?:$|&|[TE]))/.test(
              shape,
            ) ||
            (/^[^\s'"]{0,40}[@\\][^\s'"]{0,40}['"]/.test(subject.lower) &&
              /^s\)*[&k=]/.test(shape)),
        )),
  },
  {
    id: 'sql-quote-then-statement',
    family,
    score: 8,
    why: 'A quote closes the value, and a new statement begins.',
    attack: "1'; DROP TABLE users",
    innocent: "the '90s; then the best",
    needs: Sign.quote,
    match: (subject) =>
      subject.quotedSql.some((shape) =>
        /^s\)*(?:;(?:T[twvFI(]|E[1vfw(+]|D|Tw|i!?\(|iw|i[fg]\()|D)/.test(shape),
      ) ||
      // without the semicolon only near the start: code quotes whole statements
      (/^[\w\s-]{0,20}['"]/.test(subject.lower) &&
        subject.quotedSql.some((shape) => /^s\)*T(?:I|tw|[tw][^;]{0,60};?.{0,40}c$)/.test(shape))),
  },
  {
    id: 'sql-quote-then-comment',
    family,
    score: 8,
    why: 'A quote closes the value and a comment cuts off the rest of the statement.',
    attack: "admin' --",
    innocent: "rock 'n' roll -- a history",
    needs: Sign.quote,
    match: inTrimmed(/^[^\s'"]{0,32}['"][\s)]{0,8};?\s{0,4}(?:--|#(?!\s?\w)|\/\*)/),
  },
];
