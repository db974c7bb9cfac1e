// Only the names that matter to an attack: those which stand for ASCII characters.
const named: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  lpar: '(',
  rpar: ')',
  lsqb: '[',
  rsqb: ']',
  lcub: '{',
  rcub: '}',
  colon: ':',
  semi: ';',
  comma: ',',
  period: '.',
  sol: '/',
  bsol: '\\',
  equals: '=',
  num: '#',
  dollar: '$',
  percnt: '%',
  excl: '!',
  quest: '?',
  grave: '`',
  vert: '|',
  verbar: '|',
  ast: '*',
  plus: '+',
  lowbar: '_',
  hyphen: '-',
  commat: '@',
  nbsp: ' ',
  newline: '\n',
  tab: '\t',
};

// Browsers take numeric references without the semicolon, and with any number of leading zeros.
const reference = /&(?:#x0{0,16}([0-9a-f]{1,6});?|#0{0,16}([0-9]{1,7});?|([a-z]{2,7});)/gi;

/** HTML character references decoded as a browser would, as far as they stand for ASCII. */
export function decodeHtmlEntities(text: string): string {
  return text.replace(reference, (match, hex?: string, decimal?: string, name?: string) => {
    if (name) return named[name.toLowerCase()] ?? match;
    const code = hex ? Number.parseInt(hex, 16) : Number.parseInt(decimal ?? '', 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : match;
  });
}
