export const CENSOR = '[redacted]';

/**
 * Whether a text may hold a secret at all: one look for what each shape below cannot be without.
 * Nearly every text of a log passes here, at a fraction of what looking for the shapes costs.
 */
const suspicious =
  /eyJ|@|\d{4}[ -]?\d{4}[ -]?\d{4}|bearer|basic |digest |apikey |token |aerie_|_live_|_test_|akia|gh[pousr]_|github_pat_|xox[abprs]-|aiza|glpat-|\$argon2|mc4caqaw|-----begin|__host-|__secure-|cookie|otpauth|(?:token|secret|key|password|passwd|passphrase|passcode|code|signature|sig|pwd|authorization|credentials?|assertion)(?:[_-]?\w{1,12})?["'\\]*\s?[=:]/i;

/** In most lines twice, and never a secret, though the digits of one in 7,000 (version 4) pass for a card number. */
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

// the look-behind keeps a run of token characters from being searched from each of its hyphens
const JWT = /(?<![\w-])eyJ[\w-]{8,4000}\.[\w-]{0,4000}\.[\w-]{0,8000}(?:\.[\w-]{1,8000}){0,2}/g;
const BEARER = /\b(Bearer) +[\w.~+/=-]{8,8000}/gi;
// an English word is no credential: basic authentication
const SCHEME =
  /\b(Basic|basic|Digest|ApiKey|Token|token) +(?=[\w.~+/-]{0,200}[\dA-Z=])[\w.~+/=-]{8,8000}/g;
// its first half says which key has to be revoked
const API_KEY = /\b(aerie_[\da-f]{16})_[\da-f]{8,72}/gi;
const FOREIGN_KEY =
  /\b(?:sk|pk|rk|whsec)_(?:live|test)_\w{8,200}|\bAKIA[A-Z\d]{16}\b|\bgh[pousr]_\w{20,255}|\bgithub_pat_\w{20,255}|\bxox[abprs]-[\w-]{10,250}|\bAIza[\w-]{35}|\bglpat-[\w-]{20,64}/g;
const PASSWORD_HASH = /\$argon2(?:id|i|d)\$[\w$=,+/]{1,300}/g;
/** Ed25519 keys in PKCS #8, as JWT_SIGNING_KEYS holds them. */
const SIGNING_KEY = /MC4CAQAwBQYDK2VwBCIEI[\w+/]{20,60}={0,2}/g;
const PEM =
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:(?!-----)[\s\S]){0,16000}(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?/g;
const COOKIE_HEADER = /\b((?:set-)?cookie)["'\\]{0,4}\s?[:=]\s?["'\\]{0,4}[^\r\n"\\]{1,8000}/gi;
const HOST_COOKIE = /(__(?:Host|Secure)-[\w.-]{1,100})=[^;\s"\\]{1,8000}/gi;
const OTPAUTH = /\botpauth:\/\/[^\s"\\]{1,2000}/gi;
const URL_PASSWORD = /(:\/\/[^\s:/@"]{0,100}):[^\s/"]{1,200}@/g;
/** `?access_token=…`, `"password":"…"`, `client_secret: …` within a text, the name spelt in any way. */
const NAMED =
  /((?:token|secret|api[_-]?key|access[_-]?key|private[_-]?key|password|passwd|passphrase|passcode|signature|authorization|credentials?|assertion|(?<![a-z_-])(?:code|key|sig|pwd|otp|pin))(?:[_-]?(?:hash|confirmation|again|new|old|\d{1,2}))?["'\\]{0,4}(?:=|\s?:\s?(?=["'\\]))["'\\]{0,4})(?!\[redacted)[^\s&;,"'\\<>#})\]]{1,8000}/gi;
const CARD_NUMBER = /(?<![\d-])[3-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,7}(?![\d-])/g;
const EMAIL =
  /(?<![\w.!#$%&'*+/=?^`{|}~-])([\w!#$%&'*+/=?^`{|}~-])[\w.!#$%&'*+/=?^`{|}~-]{0,63}@(?=[\w-]{1,63}\.)/g;

/** Takes what looks like a secret out of a text, wherever in it it stands, in time linear to its length. */
export function redactShapes(text: string): string {
  if (UUID.test(text) || !suspicious.test(text)) return text;
  return text
    .replace(PEM, CENSOR)
    .replace(JWT, CENSOR)
    .replace(OTPAUTH, `otpauth://${CENSOR}`)
    .replace(COOKIE_HEADER, `$1: ${CENSOR}`)
    .replace(HOST_COOKIE, `$1=${CENSOR}`)
    .replace(BEARER, `$1 ${CENSOR}`)
    .replace(SCHEME, `$1 ${CENSOR}`)
    .replace(API_KEY, `$1_${CENSOR}`)
    .replace(FOREIGN_KEY, CENSOR)
    .replace(PASSWORD_HASH, CENSOR)
    .replace(SIGNING_KEY, CENSOR)
    .replace(URL_PASSWORD, `$1:${CENSOR}@`)
    .replace(NAMED, `$1${CENSOR}`)
    .replace(EMAIL, '$1***@')
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
