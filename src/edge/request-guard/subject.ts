import { htmlTags, type HtmlTag } from './lexers/html-lexer.js';
import {
  commandAt,
  shellCommands,
  unquote,
  type IntroducerKind,
  type ShellCommand,
} from './lexers/shell-lexer.js';
import { sqlShape } from './lexers/sql-lexer.js';
import { Sign, signsOf } from './signs.js';

// What may follow a quote that ends a value: the rest of a statement, not the rest of a word.
const afterQuote =
  /^[\s)'"]{0,20}(?:$|[=<>!|&;#*/%^+,(@{\\\d-]|(?:or|and|xor|not|union|select|having|order|group|limit|like|rlike|regexp|glob|in|is|isnull|notnull|between|sounds|similar|match|collate|div|mod|waitfor|procedure|into|where|from|exec|execute|create|grant|drop|insert|update|delete|alter|declare|as|then|end)(?![a-z]))/;

/** A text under inspection. Each reading of it is made once, when the first rule asks. */
export class Subject {
  readonly signs: number;
  #lower: string | undefined;
  #trimmed: string | undefined;
  #bareSql: string | undefined;
  #quotedSql: readonly string[] | undefined;
  #tags: readonly HtmlTag[] | undefined;
  #commands: { [kind in IntroducerKind]?: readonly ShellCommand[] } | undefined;
  #firstCommand: ShellCommand | null | undefined;
  #unquoted: string | undefined;

  constructor(
    readonly text: string,
    signs?: number,
  ) {
    this.signs = signs ?? signsOf(text);
  }

  get lower(): string {
    return (this.#lower ??= this.text.toLowerCase());
  }

  get trimmed(): string {
    return (this.#trimmed ??= this.lower.trim());
  }

  /** The shape of the text as SQL, where it lands outside of quotes. */
  get bareSql(): string {
    return (this.#bareSql ??= sqlShape(this.lower, 'bare'));
  }

  /** The shapes of the text where it lands inside '…' and "…", and closes them. */
  get quotedSql(): readonly string[] {
    return (this.#quotedSql ??= this.signs & Sign.quote ? this.#readQuotedSql() : []);
  }

  get sqlShapes(): readonly string[] {
    return [this.bareSql, ...this.quotedSql];
  }

  get tags(): readonly HtmlTag[] {
    return (this.#tags ??= this.signs & Sign.angle ? htmlTags(this.lower) : []);
  }

  /** The commands behind introducers of a kind. */
  commandsBehind(kind: IntroducerKind): readonly ShellCommand[] {
    const known = (this.#commands ??= {});
    return (known[kind] ??= shellCommands(this.lower, kind));
  }

  /** The command that the text starts with, if any. */
  get firstCommand(): ShellCommand | null {
    if (this.#firstCommand === undefined) this.#firstCommand = commandAt(this.lower, 0, 'start');
    return this.#firstCommand;
  }

  /** Without the quotes, backslashes and empty variables that a shell drops. */
  get unquoted(): string {
    return (this.#unquoted ??= unquote(this.lower));
  }

  #readQuotedSql(): readonly string[] {
    const shapes: string[] = [];
    for (const [quote, context] of [["'", 'single'] as const, ['"', 'double'] as const]) {
      const position = this.lower.indexOf(quote);
      if (position < 0) continue;
      if (afterQuote.test(this.lower.slice(position + 1, position + 60))) {
        shapes.push(sqlShape(this.lower, context));
      }
    }
    return shapes;
  }
}
