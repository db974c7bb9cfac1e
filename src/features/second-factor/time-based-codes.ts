import { generateSecret, generateURI, verifySync } from 'otplib';

const STEP_SECONDS = 30;
const DIGITS = 6;

/** 160 bits, as RFC 4226 advises, in base32. */
export const newSecret = () => generateSecret({ length: 20 });

/** What an authenticator app reads from the QR code. */
export function uriOf(secret: string, issuer: string, account: string): string {
  return generateURI({ issuer, label: account, secret, digits: DIGITS, period: STEP_SECONDS });
}

export const isTimeBased = (code: string) => /^\d{6}$/.test(code);

/**
 * The time step (RFC 6238) that the code belongs to: the current one, or one before or after it, for
 * clocks that differ and for typing. Null when it belongs to none of the three.
 */
export function stepOf(secret: string, code: string): number | null {
  const result = verifySync({
    secret,
    token: code,
    digits: DIGITS,
    period: STEP_SECONDS,
    epoch: Math.floor(Date.now() / 1_000),
    epochTolerance: STEP_SECONDS,
  });
  return result.valid && 'timeStep' in result ? result.timeStep : null;
}
