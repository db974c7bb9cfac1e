import { inSql, inText } from '../match.js';
import type { Rule } from '../rule.js';
import { Sign } from '../signs.js';

const family = 'sql-injection';

// A cheap look at the text before it is read as SQL at all.
const statementStart =
  /^[\s(]{0,9}(?:select|insert|update|delete|drop|alter|create|truncate|exec|replace|merge|use|set|grant|call)\b/i;

// Patterns over shapes: see lexers/sql-words.ts for the letters.
export const sqlStatementRules: readonly Rule[] = [
  {
    id: 'sql-union-select',
    family,
    score: 8,
    why: 'UNION SELECT appends the attacker’s rows to the answer.',
    attack: '-1 UNION ALL SELECT 1,2,3',
    innocent: "O'Connor's union selected a few friends",
    needs: Sign.letter,
    hints: ['union', 'intersect', 'except', 'minus'],
    match: inSql(/U[dx]{0,3}\(*x?E[dx]?\(*[1sqNvfgwdtCiL+@([`{,]/),
  },
  {
    id: 'sql-stacked-statement',
    family,
    score: 5,
    why: 'A value that ends and a second statement after a semicolon.',
    attack: '1; DROP TABLE users',
    innocent: 'wash it; drop off later',
    needs: Sign.semicolon,
    hints: [';'],
    match: (subject) =>
      /^[\s\w)]{0,40};/.test(subject.text) &&
      /^[1w]?\)*;(?:Tt|T[wv][=(wT]|TFw|TI[wg]|E[1vfgw+(]|D|f\(|i[(!])|^\)*;\)*[Dfv]/.test(
        subject.bareSql,
      ),
  },
  {
    id: 'sql-subquery',
    family,
    score: 3,
    why: 'A query in parentheses where a value is expected.',
    attack: '(select password from users limit 1)',
    innocent: '(select one of these)',
    needs: Sign.paren,
    hints: ['select'],
    match: inSql(/\(E[dL1]{0,2}(?:s?[&=,]|[+1vfgw(][^;]{0,30}F[wtg(]|v|f\(|1[),]|1$|\()/),
  },
  {
    id: 'sql-select-of-literal',
    family,
    score: 3,
    why: 'SELECT of a constant, a variable or a server function asks for no table of ours.',
    attack: 'select @@version',
    innocent: 'please select one, then pay',
    needs: Sign.letter,
    hints: ['select'],
    match: inSql(/(?:^|[^wAT1])E[d(]{0,2}(?:1(?:[,cF]|$)|1?v|N[,c]|f\(|s,|f$|C|i\()/),
  },
  {
    id: 'sql-statement',
    family,
    score: 3,
    why: 'A complete statement is executed where a field is pasted into a console or a report.',
    attack: 'select * from accounts;',
    innocent: 'update from the select committee',
    needs: Sign.letter,
    hints: [
      'select',
      'insert',
      'update',
      'delete',
      'drop',
      'alter',
      'create',
      'truncate',
      'exec',
      ';--',
    ],
    match: (subject) =>
      statementStart.test(subject.text) &&
      /^[(]*[TE][^;]{0,90};c$|^T(?:wTw=|Fw(?:W|;|c|$)|t[iw]{1,3};?c?$|tw[T(])|^[(]*(?:E(?:\+?[fg1vN(]|w,)[^;]{0,60}F|Ed?\+Fw;?[wTc;]?|E(?:f|[fg]\(|w;$)|E[^;]{1,20}Fw{1,2}W.{0,6}[=k]|TvAw|Tvw\(|Tv$|TIwV\(|E\+?Fw?$)/.test(
        subject.bareSql,
      ),
  },
  {
    id: 'sql-definition',
    family,
    score: 3,
    why: 'Statements that create, load or alter what the database runs.',
    attack: "create function f returns string soname 'x.so'",
    innocent: 'create a function that returns soon',
    needs: Sign.letter,
    anyOf: [
      {
        hints: ['returns'],
        match: inText(
          /\bcreate\s{1,9}(?:or\s{1,9}replace\s{1,9})?(?:function|procedure)\s{1,9}\w{1,60}\s{0,9}(?:\(\s{0,9}\)\s{0,9})?returns\s{1,9}(?:string|int|real)/,
        ),
      },
      { hints: ['against'], match: inText(/\bmatch\s{0,4}\(?\w{1,60}\)?\s{0,4}against\s{0,4}\(/) },
      { hints: ['merge'], match: inText(/\bmerge\b[^\n]{0,40}\busing\s{0,4}\(/) },
      {
        hints: ['immediate', 'shutdown'],
        match: inText(/\bexecute\s{1,9}immediate\s{0,4}['"]|['";]\s{0,4}shutdown\b/),
      },
      {
        hints: ['character'],
        match: inText(
          /\balter\s{1,9}\w{1,40}\s{1,9}\w{0,40}\s{0,9}(?:default\s{1,9})?character\s{1,9}set\b/,
        ),
      },
      {
        hints: ['analyse', 'into @', 'into  @'],
        match: inText(/\bprocedure\s{1,9}analyse\b|\binto\s{1,9}@\w/),
      },
      {
        hints: ['set @', 'set  @', 'prepare'],
        match: inText(/[;'"]\s{0,4}(?:set|prepare)\s{1,9}@\w/),
      },
      {
        hints: ['copy '],
        match: inText(
          /\bcopy\s{1,9}(?:\w{1,60}\s{0,3}(?:\([^()]{0,60}\))?|\([^()]{1,80}\))\s{0,9}(?:from|to)\s{1,9}(?:program\s{0,9})?'/,
        ),
      },
      {
        hints: ['attach ', 'backup ', 'restore '],
        match: inText(
          /\battach\s{1,9}database\s{1,9}'|\bbackup\s{1,9}(?:log|database)\s[^\n]{1,80}\sto\s{1,9}disk\b|\brestore\s{1,9}\w{1,20}\s[^\n]{0,80}from\s{1,9}disk\b/,
        ),
      },
    ],
  },
  {
    id: 'sql-exec-procedure',
    family,
    score: 5,
    why: 'EXEC and DECLARE run procedures and assemble statements at run time.',
    attack: "x'exec master..xp_cmdshell 'dir'",
    innocent: "the exec's declared goal",
    needs: Sign.letter,
    anyOf: [
      { hints: ['declare'], match: inText(/\bdeclare\s{0,9}(?:\/\*\*\/)?\s{0,9}@\w/) },
      {
        hints: ['exec'],
        match: inText(
          /['";)]\s{0,5}exec(?:ute)?\s{0,5}(?:\(|@|master\b|sp_|xp_|immediate\b)/,
          /\bexec(?:ute)?\s{1,9}(?:master\b|[sx]p_|immediate\b)/,
        ),
      },
    ],
  },
  {
    id: 'sql-conditional-value',
    family,
    score: 3,
    why: 'CASE WHEN and IF with a comparison read one bit of data at a time.',
    attack: 'if(ascii(x)>64,1,0)',
    innocent: 'in case, when it rains, then',
    needs: Sign.letter,
    hints: ['case', 'if(', 'if ('],
    match: inSql(
      /CC\(*[1sNwvfgE][^;]{0,12}C|i\(\(?[^(),;]{0,4}(?:\([^()]{0,10}\))?[=k][^();]{0,6}(?:\([^()]{0,8}\))?,[^();]{0,6}(?:\([^()]{0,8}\))?,/,
    ),
  },
];
