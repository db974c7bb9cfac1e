// JavaScript, JSON and shell ($'…') escapes; the doubled backslash is what JSON inside JSON shows.
const escape = /\\{1,2}(?:u([0-9a-f]{4})|u\{([0-9a-f]{1,6})\}|x([0-9a-f]{2})|([0-7]{3})|([nrt]))/gi;
// CSS escapes: `\6A\61\76\61` spells `java`; six digits at most, one blank may end them.
const cssEscape = /\\0{0,4}([2-7][0-9a-f])(?![0-9a-f]) ?/gi;

/** Backslash escapes replaced by what they stand for. */
export function decodeEscapes(text: string): string {
  return text
    .replace(
      escape,
      (match, wide?: string, braced?: string, byte?: string, octal?: string, layout?: string) => {
        if (layout) return layout === 't' ? '\t' : layout === 'n' || layout === 'r' ? '\n' : match;
        const code = octal
          ? Number.parseInt(octal, 8)
          : Number.parseInt(wide ?? braced ?? byte ?? '', 16);
        return code <= 0x10ffff ? String.fromCodePoint(code) : match;
      },
    )
    .replace(cssEscape, (_match, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
