import { sqlFunctions, sqlWords } from './sql-words.js';

/** Where the text is imagined to land in a statement: bare, or inside a quoted value. */
export type SqlContext = 'bare' | 'single' | 'double';

const SPACE = 32;
const PARENTHESIS = 40;

type Characters = (code: number) => boolean;
const isBlank: Characters = (code) => code === 32 || (code >= 9 && code <= 13) || code === 0xa0;
const isDigit: Characters = (code) => code >= 48 && code <= 57;
const isLetter: Characters = (code) =>
  (code >= 97 && code <= 122) || code === 95 || (code >= 128 && code !== 0xa0);
const isWordPart: Characters = (code) =>
  isLetter(code) || isDigit(code) || code === 46 || code === 36; // . and $
const isNumberPart: Characters = (code) =>
  isDigit(code) || (code >= 97 && code <= 102) || code === 120 || code === 46 || code === 95;
const isComparison: Characters = (code) => (code >= 60 && code <= 62) || code === 64; // < = > @
const isJsonOperatorPart: Characters = (code) => code === 62 || code === 124 || code === 38; // > | &

/**
 * The shape of a text read as SQL, one letter a token (see sql-words): `s` string, `q` string that
 * never ends, `1` number, `v` variable, `f` known function before `(`, `g` any other word before `(`,
 * `c` comment, `=` comparison, `+` arithmetic, `&` logical operator, `x` MySQL's executable comment.
 * Linear: every step moves forward. Expects lower case.
 */
export function sqlShape(text: string, context: SqlContext): string {
  let shape = '';
  let index = 0;
  if (context !== 'bare') {
    index = skipString(text, 0, context === 'single' ? "'" : '"');
    shape = 's';
  }
  while (index < text.length) {
    const character = text[index] as string;
    const code = text.charCodeAt(index);
    if (isBlank(code)) {
      index += 1;
    } else if (isLetter(code) && !isTypographicQuote(character)) {
      const end = scan(text, index + 1, isWordPart);
      shape += kindOfWord(text, index, end);
      index = end;
    } else if (isDigit(code)) {
      index = scan(text, index + 1, isNumberPart);
      shape += '1';
    } else if (character === "'" || character === '"') {
      const end = skipString(text, index + 1, character);
      shape += end > text.length ? 'q' : 's';
      index = end;
    } else if (isJsonOperator(character, text[index + 1])) {
      shape += '=';
      index = scan(text, index + 1, isJsonOperatorPart);
    } else if (isTypographicQuote(character)) {
      shape += 'q'; // never closes what it opens
      index += 1;
    } else if (character === '@') {
      index = scan(text, text[index + 1] === '@' ? index + 2 : index + 1, isWordPart);
      shape += 'v';
    } else {
      const [kind, end] = punctuation(text, index, character);
      shape += kind;
      index = end;
    }
  }
  // A comment inside is a blank; only one that cuts off the rest tells something.
  return shape.includes('c') ? shape.replace(/c(?=.)/g, '') : shape;
}

function scan(text: string, start: number, isPart: Characters): number {
  let index = start;
  while (index < text.length && isPart(text.charCodeAt(index))) index += 1;
  return index;
}

/** The position after the closing quote; beyond the text's length when there is none. */
function skipString(text: string, start: number, quote: string): number {
  let index = start;
  while (index < text.length) {
    if (text[index] === quote) {
      if (text[index + 1] !== quote) return index + 1;
      index += 1; // a doubled quote is a quote inside the string
    }
    index += 1;
  }
  return text.length + 1;
}

function isTypographicQuote(character: string): boolean {
  return character === '‘' || character === '’' || character === '´';
}

/** PostgreSQL's ->, #>, @>, ?| and ?&, which compare or reach into JSON. */
function isJsonOperator(character: string, next: string | undefined): boolean {
  if (character === '-' || character === '#' || character === '@') return next === '>';
  return character === '?' && (next === '|' || next === '&' || next === ' ');
}

function kindOfWord(text: string, start: number, end: number): string {
  const next = text.charCodeAt(end);
  const isCalled =
    next === PARENTHESIS || (next === SPACE && text.charCodeAt(end + 1) === PARENTHESIS);
  if (!isCalled && !mayBeKnown(text.charCodeAt(start), end - start)) return 'w';
  const word = text.slice(start, Math.min(end, start + 32));
  if (isCalled && sqlFunctions.has(word)) return 'f';
  // `select.1` is a SELECT of the number .1
  const kind = sqlWords.get(word) ?? (word.startsWith('select.') ? 'E' : undefined);
  if (kind) return kind;
  return next === PARENTHESIS ? 'g' : 'w';
}

/** Of each first letter, a bit for each length that a known word has. Most words are told apart by that. */
const lengthsByLetter = new Int32Array(128);
for (const word of sqlWords.keys()) {
  const letter = word.charCodeAt(0);
  lengthsByLetter[letter] = (lengthsByLetter[letter] as number) | (1 << word.length);
}

function mayBeKnown(letter: number, length: number): boolean {
  if (letter > 127) return false;
  if (letter === 115 && length > 6) return true; // `select.1` is looked at below
  return length < 32 && ((lengthsByLetter[letter] as number) & (1 << length)) !== 0;
}

function punctuation(text: string, index: number, character: string): [kind: string, end: number] {
  const next = text[index + 1];
  if (character === '-' && next === '-') return ['c', endOfLine(text, index)];
  if (character === '#') return ['c', endOfLine(text, index)];
  if (character === '/' && next === '*') {
    if (text[index + 2] === '!') return ['x', scan(text, index + 3, isDigit)];
    const end = text.indexOf('*/', index + 2);
    return end < 0 ? ['c', text.length] : ['', end + 2];
  }
  if (character === '*' && next === '/') return ['', index + 2];
  if (character === '`') return backtick(text, index);
  if (character === '|' && next === '|') return ['&', index + 2];
  if (character === '&' && next === '&') return ['&', index + 2];
  if (character === '=' || character === '<' || character === '>') {
    return ['=', scan(text, index + 1, isComparison)];
  }
  if (character === '!') return next === '=' ? ['=', index + 2] : ['!', index + 1];
  if (character === ':' && next === ':') return ['+', index + 2];
  if ('+-*/%^|&~'.includes(character)) return ['+', index + 1];
  return [character, index + 1];
}

function backtick(text: string, index: number): [kind: string, end: number] {
  const end = text.indexOf('`', index + 1);
  return end < 0 || end - index > 64 ? ['`', index + 1] : ['w', end + 1];
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
}
