import type { Rule } from '../rule.js';
import { codeRules } from './code-injection.js';
import { commandRules } from './command-injection.js';
import { headerRules } from './header-injection.js';
import { jndiShellshockRules } from './jndi-shellshock.js';
import { ldapRules } from './ldap-injection.js';
import { nosqlRules } from './nosql-injection.js';
import { pathRules } from './path-traversal.js';
import { scannerRules } from './scanners.js';
import { sqlStructureRules } from './sql-injection.js';
import { sqlVocabularyRules } from './sql-vocabulary.js';
import { ssrfRules } from './ssrf.js';
import { templateRules } from './template-injection.js';
import { xmlRules } from './xml-injection.js';
import { xssRules } from './xss.js';

/** Every rule of the guard, by family. */
export const rules: readonly Rule[] = [
  ...sqlStructureRules,
  ...sqlVocabularyRules,
  ...xssRules,
  ...commandRules,
  ...codeRules,
  ...pathRules,
  ...ssrfRules,
  ...templateRules,
  ...nosqlRules,
  ...ldapRules,
  ...xmlRules,
  ...headerRules,
  ...jndiShellshockRules,
  ...scannerRules,
];
