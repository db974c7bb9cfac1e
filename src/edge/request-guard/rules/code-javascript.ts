import { inText, inTrimmed } from '../match.js';
import type { Rule } from '../rule.js';
import { Sign } from '../signs.js';

const family = 'code-injection';

export const javascriptRules: readonly Rule[] = [
  {
    id: 'code-node-runtime',
    family,
    score: 5,
    why: 'Node.js internals by which injected code reaches files and processes.',
    attack: "require('child_process').exec('id')",
    innocent: 'the child process requires time',
    needs: Sign.letter,
    anyOf: [
      {
        hints: ['nd_func', 'js_function', 'module.exports', 'child_process'],
        match: inText(/_\$\$nd_func\$\$_|__js_function|module\.exports\s{0,3}=|child_process/),
      },
      { hints: ['process.'], match: inText(/process\.(?:binding|mainmodule|dlopen)\b/) },
      {
        hints: [
          'process[',
          'process [',
          'process  [',
          'require[',
          'require [',
          'console[',
          'console [',
          'module[',
          'module [',
          'global[',
          'global [',
          '_load',
          'module.require',
        ],
        match: inText(
          /(?:process|require|console|module|global)\s{0,2}\[|\.constructor\._load|\bmodule\.require\s?\(/,
        ),
      },
      { hints: ['console.'], match: inText(/console\.\w{1,9}\.(?:call|apply)\b/) },
      {
        hints: ['sync(', 'sync (', 'readdirsync'],
        match: inText(/(?:spawn|exec|fork)(?:file)?sync\s{0,2}\(|\.readdirsync\(/),
      },
      {
        hints: ['global.process', 'globalthis.process', 'spawn'],
        match: inText(/global(?:this)?\.process|process\s{0,2}\.\s{0,2}spawn\b/),
      },
      {
        hints: ['this.constructor', 'eval(req'],
        match: inText(/this\.constructor\.constructor|eval\(require/),
      },
    ],
  },
  {
    id: 'code-function-value',
    family,
    score: 3,
    why: 'The value is a function or a call of the console, as deserialisers and eval expect it.',
    attack: 'function() { return 1 }',
    innocent: 'function keys (F1 to F12)',
    needs: Sign.letter,
    hints: [
      'function',
      'console',
      'process',
      'global',
      'fs.',
      'res.',
      'response.',
      'vm.',
      'module',
      'fork',
      'spawn',
      'exec',
      'require',
      'exists',
      'read',
      'write',
      'watch',
      'open',
      'unlink',
    ],
    match: inTrimmed(
      /^(?:\(?function\s{0,3}\*?\s{0,3}\([\w\s,]{0,60}\)\s{0,3}\{|(?:console|process|global(?:this)?|fs|vm|module|res|response)\.\w{1,20}(?:\.\w{1,20}){0,3}(?:\([\w'",. ()]{0,60}\)?|\[\w{0,20}\]?|=[^\n]{1,40});?$|(?:fork|spawn|exec|require|exists|read|write|watch|open|unlink)\w{0,12}\s{0,3}\(|new\s{1,3}function\s{0,3}\(|process\.(?:env|exit|argv|kill)(?:\.\w{1,40})?$)/,
    ),
  },
  {
    id: 'code-prototype',
    family,
    score: 5,
    why: 'Writing to a prototype changes every object of the process.',
    attack: '__proto__[admin]=1',
    innocent: 'the first prototype',
    needs: Sign.letter,
    hints: ['__proto__', 'prototype', 'constructor'],
    match: inText(
      /__proto__|:constructor:constructor|\bobject\.prototype\.\w{1,40}\s?=[^=]/,
      /constructor\s{0,2}(?:\.\s{0,2}prototype|\[\s{0,2}['"]?prototype|['"]\s{0,2}:\s{0,2}\{\s{0,2}['"]prototype)/,
      /\[\s{0,2}['"]?constructor['"]?\s{0,2}\]/,
    ),
  },
  {
    id: 'code-endless-loop',
    family,
    score: 3,
    why: 'An endless loop or a huge allocation holds the event loop.',
    attack: 'while(true);',
    innocent: 'while (waiting) read',
    needs: Sign.paren,
    hints: ['while', '(function', 'for(', 'for (', 'array(', 'buffer(', 'alloc', 'repeat('],
    match: inText(
      /\bfor\s?\(\s?;\s?;\s?\)|(?:array|buffer|alloc(?:unsafe)?|repeat)\s?\(\s?(?:\d{9,}|\d{1,3}e\d{1,2})\s?\)/,
      /\bfor\s?\([^;()]{0,40};[^;()]{0,20}\d{1,2}e\d{1,2}|\bwhile\s?\(\s?\d{1,9}\s?[<>=!]/,
      /\bdo\s{0,3}\{[^{}]{1,80}\}\s{0,3}while\s{0,3}\(/,
      /['"]\s{0,3}\(function\s?\(\)\s?\{/,
      /\bwhile\s{0,3}\(\s{0,3}(?:(?:!\s?[!+]?\s?[!+]?\s?(?:false|null|undefined|nan|0|''|""|``|\(\s?\))|[+-]?\s?infinity|!!?\s?[+-]?[1-9]|[+-]?\d{1,9}|true|string|\[\]|\{\}|new\b|['"`][^'"`]{1,20}['"`]|(?:string|number|boolean|object|array|symbol|math|json|date|promise|regexp|map|set|function|globalthis|process|global|window|self|this|require)(?:\(\))?|\/\w{1,9}\/|function\b|\(|!!)[\s;]{0,3}\)|[^()\n]{0,20}=>|!\+|!!)/,
    ),
  },
];
