import { normaliseEmail } from '#platform/validation/email.decorators';

/**
 * The account that a sign-in is for, as the validation will read it, or a caller could spell one in
 * many ways. What is no text is no account, nor is one that no password is tried at: the validation refuses it.
 */
export function accountOf(body: unknown): string | null {
  const { email, password } = (body ?? {}) as { email?: unknown; password?: unknown };
  return typeof email === 'string' && typeof password === 'string' ? normaliseEmail(email) : null;
}
