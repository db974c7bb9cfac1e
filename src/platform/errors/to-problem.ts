import { HttpException } from '@nestjs/common';
import { Problem, type ProblemOptions } from './problem.js';
import * as problems from './problems.js';

type ProblemClass = new (options?: ProblemOptions) => Problem;

const BY_STATUS = new Map<number, ProblemClass>([
  [400, problems.MalformedRequest],
  [401, problems.Unauthenticated],
  [403, problems.Forbidden],
  [404, problems.NotFound],
  [405, problems.MethodNotAllowed],
  [406, problems.NotAcceptable],
  [408, problems.RequestTimeout],
  [409, problems.Conflict],
  [413, problems.PayloadTooLarge],
  [414, problems.UriTooLong],
  [415, problems.UnsupportedMediaType],
  [429, problems.RateLimited],
  [431, problems.HeadersTooLarge],
  [502, problems.ExternalServiceFailed],
  [503, problems.NotReady],
]);

/** Gives anything thrown its problem: what is not known to be the client's fault is an opaque 500. */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const Kind = BY_STATUS.get(statusOf(thrown)) ?? problems.InternalError;
  return new Kind({ cause: thrown });
}

/** Nest says `getStatus()`, Fastify and its plugins say `statusCode`. */
function statusOf(thrown: unknown): number {
  if (thrown instanceof HttpException) return thrown.getStatus();
  if (thrown instanceof Error && 'statusCode' in thrown) return Number(thrown.statusCode);
  return 500;
}

export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly instance: string;
  readonly requestId: string;
  readonly errors?: ProblemOptions['errors'];
}

/** The body of RFC 9457; `type` is an address under which the service explains the kind. */
export function problemDocument(
  problem: Problem,
  request: { id: string; url: string },
): ProblemDocument {
  const { detail, errors } = problem.options;
  return {
    type: problemType(problem.slug),
    title: problem.title,
    status: problem.status,
    ...(detail && { detail }),
    instance: request.url.split('?', 1)[0]!.slice(0, 200),
    requestId: request.id,
    ...(errors && { errors }),
  };
}

export function problemType(slug: string): string {
  return `/docs/problems/${slug}`;
}
