import type { HtmlAttribute, HtmlTag } from './lexers/html-lexer.js';
import type { IntroducerKind, ShellCommand } from './lexers/shell-lexer.js';
import type { Subject } from './subject.js';

type Match = (subject: Subject) => boolean;

/** One of the patterns occurs in the lower-cased text. */
export const inText =
  (...patterns: readonly RegExp[]): Match =>
  (subject) =>
    patterns.some((pattern) => pattern.test(subject.lower));

/** One of the patterns occurs in the lower-cased text without the blanks around it. */
export const inTrimmed =
  (...patterns: readonly RegExp[]): Match =>
  (subject) =>
    patterns.some((pattern) => pattern.test(subject.trimmed));

/**
 * The pattern occurs in the text's shape as SQL, in any of the contexts it may land in. `required` is
 * what the text itself must show before it is worth reading as SQL.
 */
export const inSql =
  (pattern: RegExp, required?: RegExp): Match =>
  (subject) =>
    (required === undefined || required.test(subject.lower)) &&
    (pattern.test(subject.bareSql) || subject.quotedSql.some((shape) => pattern.test(shape)));

/** The pattern occurs in the shape that the text has where it closes a quoted value. */
export const inQuotedSql =
  (pattern: RegExp): Match =>
  (subject) =>
    subject.quotedSql.some((shape) => pattern.test(shape));

export const someTag =
  (predicate: (tag: HtmlTag) => boolean): Match =>
  (subject) =>
    subject.tags.some(predicate);

export const someAttribute =
  (predicate: (attribute: HtmlAttribute, tag: HtmlTag) => boolean): Match =>
  (subject) =>
    subject.tags.some((tag) => tag.attributes.some((attribute) => predicate(attribute, tag)));

export const someCommand =
  (
    behind: IntroducerKind,
    predicate: (command: ShellCommand, subject: Subject) => boolean,
  ): Match =>
  (subject) =>
    subject.commandsBehind(behind).some((command) => predicate(command, subject));
