/**
 * One bit per kind of character that an attack needs. A single scan of the text sets them, and a
 * rule runs only when all of its bits are set, so plain text never reaches a rule.
 */
export const Sign = {
  quote: 1 << 0, // ' " ` ´ ‘ ’ “ ”
  angle: 1 << 1, // < >
  semicolon: 1 << 2,
  pipe: 1 << 3,
  ampersand: 1 << 4,
  dollar: 1 << 5,
  brace: 1 << 6, // { }
  paren: 1 << 7, // ( )
  slash: 1 << 8,
  backslash: 1 << 9,
  percent: 1 << 10,
  equals: 1 << 11,
  newline: 1 << 12, // \r \n
  colon: 1 << 13,
  dash: 1 << 14,
  hash: 1 << 15,
  at: 1 << 16,
  dot: 1 << 17,
  digit: 1 << 18,
  square: 1 << 19, // [ ]
  star: 1 << 20,
  plus: 1 << 21,
  backtick: 1 << 22,
  space: 1 << 23,
  control: 1 << 24,
  beyondAscii: 1 << 25,
  letter: 1 << 26,
  comparison: 1 << 27, // = < >
  lookalike: 1 << 28, // full-width and circled forms, invisible characters, replaced bytes
} as const;

/** The signs of each ASCII character, by code. */
export const signOfCode = new Int32Array(128);
const mark = (characters: string, sign: number): void => {
  for (const character of characters) {
    const code = character.charCodeAt(0);
    signOfCode[code] = (signOfCode[code] ?? 0) | sign;
  }
};
mark('\'"`', Sign.quote);
mark('<>', Sign.angle);
mark(';', Sign.semicolon);
mark('|', Sign.pipe);
mark('&', Sign.ampersand);
mark('$', Sign.dollar);
mark('{}', Sign.brace);
mark('()', Sign.paren);
mark('/', Sign.slash);
mark('\\', Sign.backslash);
mark('%', Sign.percent);
mark('=', Sign.equals);
mark('\r\n', Sign.newline);
mark(':', Sign.colon);
mark('-', Sign.dash);
mark('#', Sign.hash);
mark('@', Sign.at);
mark('.', Sign.dot);
mark('0123456789', Sign.digit);
mark('[]', Sign.square);
mark('=<>', Sign.comparison);
mark('*', Sign.star);
mark('+', Sign.plus);
mark('`', Sign.backtick);
mark(' \t', Sign.space);
mark('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', Sign.letter);
for (let code = 0; code < 32; code += 1) {
  if (code !== 9 && code !== 10 && code !== 13) signOfCode[code] = Sign.control;
}

const typographicQuotes = new Set([0xb4, 0x2018, 0x2019, 0x201c, 0x201d, 0x2032, 0x2033]);

/** The signs of a UTF-16 code unit that is not ASCII. */
export function beyondAsciiSigns(code: number): number {
  if (code < 0x2000)
    return code === 0xb4 || code === 0xad
      ? Sign.beyondAscii | Sign.quote | Sign.lookalike
      : Sign.beyondAscii;
  const sign = typographicQuotes.has(code) ? Sign.beyondAscii | Sign.quote : Sign.beyondAscii;
  return isLookalike(code) ? sign | Sign.lookalike : sign;
}

function isLookalike(code: number): boolean {
  if (code >= 0xf025) return code >= 0xfeff || code === 0xf025;
  if (code === 0x560a || code === 0x560d) return true; // end in the bytes of a line break
  if (code > 0x24ff) return false;
  return (
    code >= 0x2460 ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2039 && code <= 0x2060) ||
    (code >= 0x2212 && code <= 0x2216) ||
    code === 0x212a
  );
}

/** The signs that occur in the text, in one pass over its UTF-16 code units. */
export function signsOf(text: string): number {
  let signs = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    signs |= code < 128 ? (signOfCode[code] as number) : beyondAsciiSigns(code);
  }
  return signs;
}
