import { decodeBase64 } from './decoders/base64.js';
import { decodeEscapes } from './decoders/escapes.js';
import { decodeHtmlEntities } from './decoders/html-entities.js';
import { decodePercent } from './decoders/percent.js';
import { Sign, signsOf } from './signs.js';

const maximumRounds = 3;
/** Without one of these there is nothing to decode. */
const encodingSigns =
  Sign.percent | Sign.ampersand | Sign.backslash | Sign.lookalike | Sign.control | Sign.plus;
// eslint-disable-next-line no-control-regex
const invisible = /[\u0000-\u0008\u000e-\u001f\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff]/g;
const foldable =
  /[\u2039\u203a\u2044\u2215\u2216\u212a\u2460-\u24ff\u560a\u560d\uf025\uff00-\uffef\ufffd]/;

/**
 * The texts in which attacks are looked for: the text itself and, only where it shows signs of an
 * encoding, what it becomes when decoded up to three times. Never stored.
 */
export function viewsOf(text: string, signs: number): readonly string[] {
  if ((signs & (Sign.space | Sign.quote | Sign.angle)) === 0) {
    const hidden = decodeBase64(text);
    if (hidden !== null) return [text, decode(hidden, signsOf(hidden))];
  }
  if ((signs & encodingSigns) === 0) return [text];
  const decoded = decode(text, signs);
  if (decoded === text) return [text];
  return [text, decoded];
}

function decode(text: string, signs: number): string {
  let current = text;
  // Blanks written as `+` (form encoding): only where the text has no real blank of its own.
  if (signs & Sign.plus && !(signs & Sign.space)) current = current.replace(/\+/g, ' ');
  let present = signs;
  for (let round = 0; round < maximumRounds; round += 1) {
    const before = current;
    if (present & Sign.percent) current = decodePercent(current);
    if (present & Sign.ampersand) current = decodeHtmlEntities(current);
    if (present & Sign.backslash) current = decodeEscapes(current);
    if (current === before) break;
    present = signsOf(current);
  }
  if ((present & (Sign.lookalike | Sign.control)) === 0) return current;
  const visible = current.replace(invisible, '');
  return foldable.test(visible) ? foldLookalikes(visible) : visible;
}

/** Full-width and circled forms to ASCII; slashes that NFKC leaves alone; bytes lost in transit. */
function foldLookalikes(text: string): string {
  return text
    .replace(/[\u2044\u2215\uf025]|\ufffd{1,4}/g, '/')
    .replace(/\u2216/g, '\\')
    .replace(/[\u560a\u560d]{1,2}/g, '\r\n')
    .normalize('NFKC');
}
