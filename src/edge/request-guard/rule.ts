import type { Subject } from './subject.js';

export type Family =
  | 'sql-injection'
  | 'xss'
  | 'command-injection'
  | 'path-traversal'
  | 'ssrf'
  | 'template-injection'
  | 'code-injection'
  | 'nosql-injection'
  | 'ldap-injection'
  | 'xml-injection'
  | 'header-injection'
  | 'jndi-shellshock'
  | 'scanner';

/** Where in the request the text was found. */
export type Place = 'body' | 'query' | 'params' | 'header';

/** One way to recognise a thing, and without what in the text there is no use in trying. */
export interface Check {
  /** Lower-case fragments of which one must occur; any text will do when absent. */
  readonly hints?: readonly string[];
  match(subject: Subject): boolean;
}

interface About {
  readonly id: string;
  readonly family: Family;
  /** 8 and more blocks alone; 3 to 5 is a report, and two such findings together block. */
  readonly score: number;
  readonly why: string;
  readonly attack: string;
  readonly innocent: string;
  /** The signs (bits of `Sign`) without which the rule cannot match. */
  readonly needs: number;
  /** Only in these places; everywhere when absent. */
  readonly places?: readonly Place[];
}

/**
 * One thing that attacks do and honest text hardly ever does. Where it is recognised in several ways,
 * each has hints of its own: a pattern is then only tried on a text that holds its own words.
 */
export type Rule = About & (Check | { readonly anyOf: readonly Check[] });

export const checksOf = (rule: Rule): readonly Check[] => ('anyOf' in rule ? rule.anyOf : [rule]);
