import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from './problem.js';
import { problemDocument, type ProblemDocument } from './to-problem.js';

/** Gives the reply the status and headers of the problem, and returns the body that goes with them. */
export function problemAnswer(
  problem: Problem,
  request: FastifyRequest,
  reply: FastifyReply,
): ProblemDocument {
  const { status, options } = problem;
  if (options.retryAfterSeconds !== undefined) {
    reply.header('retry-after', String(Math.ceil(options.retryAfterSeconds)));
  }
  if (options.allow) reply.header('allow', options.allow.join(', '));
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  reply.code(status).header('content-type', 'application/problem+json; charset=utf-8');
  return problemDocument(problem, request);
}
