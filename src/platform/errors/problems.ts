import { runbook } from '../telemetry/runbooks.js';
import { defineProblem } from './problem.js';

// The eight families. A feature defines its own kinds beside its service.

export const ValidationFailed = defineProblem('validation', 400, 'The request is not valid.');
export const Unauthenticated = defineProblem(
  'authentication',
  401,
  'Valid credentials are required.',
);
export const Forbidden = defineProblem('authorisation', 403, 'You may not do this.');
export const NotFound = defineProblem('not-found', 404, 'There is nothing here.');
export const Conflict = defineProblem('conflict', 409, 'This contradicts the current state.');
export const RateLimited = defineProblem('rate-limit', 429, 'Too many requests.');
export const DatabaseUnavailable = defineProblem(
  'database',
  503,
  'The database is not available.',
  runbook('database'),
);
export const ExternalServiceFailed = defineProblem(
  'external-service',
  502,
  'A service we depend on failed.',
);

// What the transport itself refuses, and what is our own fault.

export const MalformedRequest = defineProblem('malformed', 400, 'The request cannot be read.');
export const MethodNotAllowed = defineProblem(
  'method',
  405,
  'This path does not take this method.',
);
export const NotAcceptable = defineProblem(
  'not-acceptable',
  406,
  'The answer cannot be given in that form.',
);
export const RequestTimeout = defineProblem('timeout', 408, 'The request took too long to arrive.');
export const PayloadTooLarge = defineProblem('too-large', 413, 'The body is too large.');
export const UriTooLong = defineProblem('uri-too-long', 414, 'The URL is too long.');
export const UnsupportedMediaType = defineProblem(
  'media-type',
  415,
  'This content type is not taken here.',
);
export const ExpectationFailed = defineProblem(
  'expectation',
  417,
  'Only 100-continue may be expected.',
);
export const HeadersTooLarge = defineProblem(
  'headers-too-large',
  431,
  'The headers are too large.',
);
export const Refused = defineProblem('refused', 422, 'The request is refused.');
export const InternalError = defineProblem('internal', 500, 'Something went wrong on our side.');
export const NotReady = defineProblem(
  'not-ready',
  503,
  'The service is starting or stopping.',
  runbook('starting'),
);
export const Overloaded = defineProblem(
  'overloaded',
  503,
  'There is more to do than can be done.',
  runbook('overload'),
);
/** 499 as nginx has it: nobody reads the answer, but the access line says how it ended. */
export const ClientGone = defineProblem('client-gone', 499, 'The client went away.');
