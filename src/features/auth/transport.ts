import { IsOneOf } from '#platform/validation/choice.decorators';

const TRANSPORTS = ['body', 'cookie'] as const;

/** Where the refresh token goes: into the body, or into a cookie that no script can read. */
export type Transport = (typeof TRANSPORTS)[number];

/** A field of sign-in bodies that says where the refresh token goes. */
export const IsTransport = () => IsOneOf(TRANSPORTS);
