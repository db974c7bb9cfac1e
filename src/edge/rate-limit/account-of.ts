import { normaliseEmail } from '#platform/validation/email.decorators';
import { digest } from './digest.js';

/**
 * The account that a sign-in is for, as the validation will read it, or a caller could spell one in
 * many ways. What is no text is no account, and the validation refuses it.
 */
export function accountOf(body: unknown): string | null {
  const email = body && typeof body === 'object' && 'email' in body ? body.email : null;
  return typeof email === 'string' ? digest(normaliseEmail(email)) : null;
}
