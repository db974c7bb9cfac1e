import { HttpException } from '@nestjs/common';
import { redactShapes } from '../logging/secret-shapes.js';
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
  [417, problems.ExpectationFailed],
  [429, problems.RateLimited],
  [431, problems.HeadersTooLarge],
  [502, problems.ExternalServiceFailed],
  [503, problems.NotReady],
]);

/**
 * Gives anything thrown its problem. What Nest, Fastify or a plugin blames on the client keeps its
 * status and, from Nest, the words that the application chose; everything else is an opaque 500.
 */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const status = statusOf(thrown);
  const Kind =
    BY_STATUS.get(status) ?? (isClients(status) ? refused(status) : problems.InternalError);
  return new Kind({ cause: thrown, detail: isClients(status) ? wordsOf(thrown) : undefined });
}

const isClients = (status: number) => status >= 400 && status < 500;

/** Nest says `getStatus()`, Fastify and its plugins say `statusCode`. */
function statusOf(thrown: unknown): number {
  if (thrown instanceof HttpException) return thrown.getStatus();
  if (thrown instanceof Error && 'statusCode' in thrown) return Number(thrown.statusCode);
  return 500;
}

function wordsOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof HttpException)) return undefined;
  return redactShapes(thrown.message).slice(0, 200); // Nest quotes the URL, query and all
}

/** A status that has no problem of its own: 410, 412, 422 and the like. */
function refused(status: number): ProblemClass {
  return class extends problems.Refused {
    override readonly status = status;
  };
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
  const { detail, errors, members } = problem.options;
  return {
    type: problemType(problem.slug),
    title: problem.title,
    status: problem.status,
    ...(detail && { detail }),
    instance: redactShapes(request.url.split('?', 1)[0]!).slice(0, 200),
    requestId: request.id,
    ...(errors && { errors }),
    ...members,
  };
}

export function problemType(slug: string): string {
  return `/docs/problems/${slug}`;
}
