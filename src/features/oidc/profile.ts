import { treatText } from '#edge/request-guard/text-treatment';
import { isEmailAddress, normaliseEmail } from '#platform/validation/email.decorators';
import { isStorableText } from '#platform/validation/text.decorators';
import type { ProviderClaims } from './openid-provider.js';

const LONGEST_NAME = 100;

export interface Profile {
  readonly email: string;
  readonly name?: string;
}

/** What of a provider's claims makes an account: null without an address that the provider has verified. */
export function profileOf({
  email,
  email_verified: isVerified,
  name,
}: ProviderClaims): Profile | null {
  // one large provider says "true" in words
  if (isVerified !== true && String(isVerified) !== 'true') return null;
  const address = typeof email === 'string' ? normaliseEmail(email) : undefined;
  return isEmailAddress(address) ? { email: address, name: nameOf(name) } : null;
}

/** A name that we would take from the owner, or none: it is a courtesy, and no reason to refuse. */
function nameOf(name: unknown): string | undefined {
  if (!isStorableText(name) || name.length === 0 || name.length > LONGEST_NAME) return undefined;
  const { action, stored } = treatText(name);
  return action === 'pass' ? stored : undefined;
}
