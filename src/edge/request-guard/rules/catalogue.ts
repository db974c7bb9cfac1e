import type { Rule } from '../rule.js';
import { javascriptRules } from './code-javascript.js';
import { languageRules } from './code-languages.js';
import { phpRules } from './code-php.js';
import { commandDisguiseRules } from './command-disguises.js';
import { commandExpansionRules } from './command-expansions.js';
import { commandLineRules } from './command-lines.js';
import { commandProgramRules } from './command-programs.js';
import { commandSequenceRules } from './command-sequences.js';
import { commandWindowsRules } from './command-windows.js';
import { headerRules } from './header-injection.js';
import { jndiShellshockRules } from './jndi-shellshock.js';
import { ldapRules } from './ldap-injection.js';
import { mailRules } from './mail-injection.js';
import { nosqlRules } from './nosql-injection.js';
import { pathRules } from './path-traversal.js';
import { scannerRules } from './scanners.js';
import { sqlConditionRules } from './sql-conditions.js';
import { sqlFunctionRules } from './sql-functions.js';
import { sqlQuoteRules } from './sql-quotes.js';
import { sqlStatementRules } from './sql-statements.js';
import { ssrfRules } from './ssrf.js';
import { templateRules } from './template-injection.js';
import { xmlRules } from './xml-injection.js';
import { markupRules } from './xss-markup.js';
import { scriptRules } from './xss-scripts.js';

/** Every rule of the guard, by family. */
export const rules: readonly Rule[] = [
  ...sqlConditionRules,
  ...sqlQuoteRules,
  ...sqlStatementRules,
  ...sqlFunctionRules,
  ...markupRules,
  ...scriptRules,
  ...commandSequenceRules,
  ...commandLineRules,
  ...commandProgramRules,
  ...commandWindowsRules,
  ...commandExpansionRules,
  ...commandDisguiseRules,
  ...mailRules,
  ...javascriptRules,
  ...phpRules,
  ...languageRules,
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
