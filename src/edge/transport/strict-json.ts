import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { MalformedRequest } from '#platform/errors/problems';
import { excessOf } from './structure-bounds.js';

const MOST_ITEMS = 10_000;

/**
 * Takes JSON that is UTF-8, pollutes no prototype and is of a bounded shape. Within a megabyte fit
 * ninety thousand keys or a nesting of half a million: what comes after, validation first, walks
 * all of it, and would stand still for seconds or run out of stack.
 */
export function takeStrictJson(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeContentTypeParser(['application/json', 'text/plain']);
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    (request, body: Buffer, done) => {
      if (!isUtf8(body)) return done(new MalformedRequest({ detail: 'The body is not UTF-8.' }));
      void parse(request, body.toString(), (error, value) => {
        if (error) return done(error);
        const detail = excess(value);
        return detail ? done(new MalformedRequest({ detail })) : done(null, value);
      });
    },
  );
}

/** What there is too much of, or what has no place in data. Level by level, so that nesting costs no stack. */
function excess(root: unknown): string | undefined {
  let keys = 0;
  let items = 0;
  let level = [root].filter(isBranch);
  for (let depth = 1; level.length > 0; depth++) {
    const below: object[] = [];
    for (const branch of level) {
      const values = Array.isArray(branch) ? branch : Object.values(branch);
      if (Array.isArray(branch)) items += branch.length;
      else keys += values.length;
      const excessive = excessOf(depth, keys);
      if (excessive) return `The body ${excessive}.`;
      if (items > MOST_ITEMS) return `The body has more than ${MOST_ITEMS} list items.`;
      if (!Array.isArray(branch) && Object.keys(branch).some(isInherited)) {
        return 'The body has a key that every object has.';
      }
      for (const value of values) if (isBranch(value)) below.push(value);
    }
    level = below;
  }
  return undefined;
}

function isBranch(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** `constructor`, `toString` and their like: a look-up by such a key finds what nobody sent. */
function isInherited(key: string): boolean {
  return key in Object.prototype;
}
