const CENSOR = '[redacted]';

const SECRET_NAMES = [
  'password',
  'currentPassword',
  'newPassword',
  'passwordHash',
  'token',
  'accessToken',
  'refreshToken',
  'secret',
  'authorization',
  'cookie',
  'apiKey',
];

/** Fields that are never logged, at the top and up to two levels down. */
export const redactedPaths: string[] = [
  ...SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
  ...['set-cookie', 'x-api-key'].flatMap((name) => [
    `["${name}"]`,
    `*["${name}"]`,
    `*.*["${name}"]`,
  ]),
];

// the look-behind keeps a run of token characters from being searched from each of its hyphens
const JWT = /(?<![\w-])eyJ[\w-]{8,4000}\.[\w-]{8,4000}\.[\w-]{0,4000}/g;
const BEARER = /\b(Bearer|Basic) [\w.~+/=-]{8,8000}/g;
// its first half says which key has to be revoked
const API_KEY = /\b(aerie_[\da-f]{16})_[\da-f]{8,72}/gi;
const URL_PASSWORD = /(:\/\/[^\s:/@"]{0,100}):[^\s/@"]{1,200}@/g;
const CARD_NUMBER = /\b[3-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,7}\b/g;

/** Takes what looks like a secret out of a finished log line, wherever in it it stands. */
export function redactShapes(line: string): string {
  return line
    .replace(JWT, CENSOR)
    .replace(BEARER, `$1 ${CENSOR}`)
    .replace(API_KEY, `$1_${CENSOR}`)
    .replace(URL_PASSWORD, `$1:${CENSOR}@`)
    .replace(CARD_NUMBER, (digits) => (passesLuhn(digits) ? CENSOR : digits));
}

/** The check digit of ISO/IEC 7812, which one number in ten passes by chance. */
function passesLuhn(text: string): boolean {
  const digits = text.replace(/\D/g, '');
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const weighted = i % 2 === 1 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}
