import { defineProblem } from '#platform/errors/problem';

export const EmailTaken = defineProblem(
  'email-taken',
  409,
  'This e-mail address is already registered.',
);

export const AccountDisabled = defineProblem(
  'account-disabled',
  403,
  'This account has been disabled.',
);

export const GuessingTooFast = defineProblem(
  'guessing-too-fast',
  429,
  'Too many wrong tries in a row: the next one has to wait.',
);

export const WrongPassword = defineProblem('wrong-password', 403, 'The password is wrong.');

export const ReauthenticationRequired = defineProblem(
  'reauthentication-required',
  403,
  'Give your password again to do this; an account without one, sign in again.',
);

export const LastWayIn = defineProblem(
  'last-way-in',
  409,
  'This is the only way to sign in to the account; add another one first.',
);

export const TooManySignIns = defineProblem('too-many-sign-ins', 503, 'Too many sign-ins at once.');

export const LastAdministrator = defineProblem(
  'last-administrator',
  409,
  'This is the last administrator. Make another one first.',
);
