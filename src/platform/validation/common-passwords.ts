import { dictionary } from '@zxcvbn-ts/language-common';

/** Passwords and single words that guessing starts with, in lower case; the package unpacks them as it loads. */
const commonPasswords = new Set(Object.values(dictionary).flat());

/** Whether it is one of the passwords that everybody tries first, in whatever case. */
export function isCommonPassword(password: string): boolean {
  return commonPasswords.has(password.toLowerCase());
}
