import { defineProblem } from '#platform/errors/problem';

export const PasskeyRefused = defineProblem(
  'passkey-refused',
  401,
  'This passkey does not sign in here, or its challenge was used or is too old.',
);

/** As `PasskeyRefused`, for a caller whose sign-in is not in question. */
export const PasskeyNotAdded = defineProblem(
  'passkey-not-added',
  400,
  'This is no answer to a challenge of yours, or the challenge is too old.',
);

export const PasskeyKnown = defineProblem('passkey-known', 409, 'The passkey was added before.');

export const TooManyPasskeys = defineProblem(
  'too-many-passkeys',
  409,
  'The account has as many passkeys as it may have: remove one first.',
);

export const PasskeysOff = defineProblem('passkeys-off', 404, 'Passkeys are not configured here.');
