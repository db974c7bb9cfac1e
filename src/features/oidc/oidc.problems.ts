import { defineProblem } from '#platform/errors/problem';

export const OidcOff = defineProblem(
  'oidc-off',
  404,
  'Sign-in with an OpenID provider is not configured here.',
);

export const FlowUnknown = defineProblem(
  'oidc-flow-unknown',
  400,
  'This was not begun in this browser, was finished already, or took too long: begin again.',
);

export const IdentityUnproven = defineProblem(
  'identity-unproven',
  401,
  'The provider did not confirm who you are.',
);

export const IdentityEmailUnverified = defineProblem(
  'identity-email-unverified',
  403,
  'The provider knows no e-mail address of yours that it has verified.',
);

export const IdentityUnlinked = defineProblem(
  'identity-unlinked',
  409,
  'An account has your e-mail address already: sign in to it, and link the provider there.',
);

export const IdentityTaken = defineProblem(
  'identity-taken',
  409,
  'This identity is linked to an account already.',
);
