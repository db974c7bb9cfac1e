import { domainToASCII } from 'node:url';
import { isEmail } from 'class-validator';
import { fieldRule, type OfEach } from './field-rule.js';

const MAX_LENGTH = 254; // RFC 5321

/**
 * Neither quoted local parts, comments nor address literals, which RFC 5322 has and nobody's address
 * is; neither controls nor invisible characters, which make two accounts look like one.
 */
const PLAIN_ADDRESS = /^[^\p{C}\p{Z}"(),:;<>@[\\\]]+@[^\p{C}\p{Z}"(),:;<>@[\\\]]+$/u;

/** A domain with other letters than ASCII's, which has a second spelling: `xn--…` (RFC 5891). */
const INTERNATIONAL = /^[\p{L}\p{M}\p{N}.-]+$/u;
const ASCII_ONLY = /^\p{ASCII}*$/u;

/** One account is one address, in whatever case, Unicode form and spelling of the domain it is typed. */
export function normaliseEmail(email: string): string {
  // what is far too long is refused as it came; a line break at the end is no slip of the thumb
  if (email.length > 2 * MAX_LENGTH || /\p{Cc}/u.test(email)) return email;
  // composed last: lower case may be one character where upper case takes two
  const composed = email.trim().toLowerCase().normalize('NFC');
  const at = composed.lastIndexOf('@') + 1;
  const domain = composed.slice(at);
  if (at === 0 || ASCII_ONLY.test(domain) || !INTERNATIONAL.test(domain)) return composed;
  return composed.slice(0, at) + (domainToASCII(domain) || domain); // empty for what is none
}

/** Whether it is one plain address, with nothing before or behind it. */
export function isEmailAddress(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= MAX_LENGTH &&
    PLAIN_ADDRESS.test(value) && // before isEmail, which throws on half a surrogate pair
    isEmail(value, { allow_utf8_local_part: true })
  );
}

/** An e-mail address of at most 254 characters, in lower case and NFC. */
export function IsEmailAddress({ each }: OfEach = {}) {
  return fieldRule({
    name: 'isEmailAddress',
    each,
    reads: (value) => (typeof value === 'string' ? normaliseEmail(value) : value),
    takes: isEmailAddress,
    wants: 'must be an e-mail address, such as ada@example.com',
    schema: { type: 'string', format: 'email', maxLength: MAX_LENGTH },
  });
}
