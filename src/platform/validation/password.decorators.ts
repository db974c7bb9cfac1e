import { productName } from '../config/version.js';
import { isCommonPassword } from './common-passwords.js';
import { fieldRule, lengthOf } from './field-rule.js';
import { isStorableText } from './text.decorators.js';

const MIN_LENGTH = 8;
const MAX_LENGTH = 128;
const MIN_GUESS_LENGTH = 4;
const BOUNDS = `must have ${MIN_LENGTH} to ${MAX_LENGTH} characters`;

/**
 * A password of 8 to 128 characters of any kind, as NIST SP 800-63B-4 advises: no composition rules, but
 * none of the common ones, and neither the name in the sibling `email` nor the product's count towards the 8.
 */
export function IsStrongPassword() {
  return fieldRule({
    name: 'isStrongPassword',
    takes: (value, { object }) => weaknessOf(value, object) === null,
    wants: ({ value, object }) => weaknessOf(value, object) ?? '',
    schema: { type: 'string', format: 'password', minLength: MIN_LENGTH, maxLength: MAX_LENGTH },
  });
}

function weaknessOf(password: unknown, siblings: object): string | null {
  if (typeof password !== 'string') return BOUNDS;
  if (!isStorableText(password)) return 'must be text without NUL characters or broken Unicode';
  const length = password.length > 2 * MAX_LENGTH ? Infinity : lengthOf(password);
  if (length < MIN_LENGTH || length > MAX_LENGTH) return BOUNDS;
  if (isCommonPassword(password)) return 'must not be one of the passwords that are tried first';
  if (lengthOf(withoutGuesses(password, siblings)) < MIN_LENGTH) {
    return `must have ${MIN_LENGTH} characters beside the name in your e-mail address and ours`;
  }
  return null;
}

/** A long passphrase may well have the name in it; `ada.lovelace1` is the name. */
function withoutGuesses(password: string, siblings: object): string {
  const email = 'email' in siblings && typeof siblings.email === 'string' ? siblings.email : '';
  return [email.split('@', 1)[0]!, productName]
    .map((guess) => guess.toLowerCase())
    .filter((guess) => lengthOf(guess) >= MIN_GUESS_LENGTH)
    .reduce((rest, guess) => rest.replaceAll(guess, ''), password.toLowerCase());
}
