import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Problem } from '#platform/errors/problem';
import { ExpectationFailed, MalformedRequest } from '#platform/errors/problems';

const HOST = /^(?:[\w.~!$&'()*+,;=%-]*|\[[\da-f:.]+\])(?::\d*)?$/i; // RFC 9110 §7.2

/**
 * What is wrong with how a message is framed and addressed, where Node is lenient or answers with
 * nothing but a status. Whoever stands before us may read such a message otherwise, which is how
 * requests are smuggled, so its connection ends with the answer.
 */
export function framingProblem({ raw }: FastifyRequest): Problem | undefined {
  const { host, expect, 'transfer-encoding': coding } = raw.headers;
  // RFC 9112 §3.2 and §6.1; HTTP/1.0 has neither header
  const isOld = raw.httpVersion === '1.0';
  if (host === undefined && !isOld) return malformed('It has no Host header.');
  if (host !== undefined && !HOST.test(host)) return malformed('Its Host header is no host.');
  if (countOf('host', raw.rawHeaders) > 1) return malformed('It has more than one Host header.');
  if (coding !== undefined && (isOld || coding.toLowerCase() !== 'chunked')) {
    return malformed('Its Transfer-Encoding is not the chunked of HTTP/1.1.');
  }
  if (expect !== undefined && expect.toLowerCase() !== '100-continue')
    return new ExpectationFailed();
  return undefined;
}

/** Node would answer other expectations than 100-continue by itself, with an empty 417. */
export function takeExpectations(server: FastifyInstance): void {
  server.server.on('checkExpectation', (request, response) => server.routing(request, response));
}

const malformed = (detail: string) => new MalformedRequest({ detail });

function countOf(name: string, rawHeaders: readonly string[]): number {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const each = rawHeaders[i]!;
    if (each.length === name.length && each.toLowerCase() === name) count++;
  }
  return count;
}
