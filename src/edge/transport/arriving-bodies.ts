import type { FastifyInstance } from 'fastify';
import { clientOf } from '#edge/request-guard/client-of';
import { Overloaded, RateLimited } from '#platform/errors/problems';
import type { CountedResponse } from './counted-response.js';
import { RETRY_AFTER_SECONDS } from './load-shedding.js';
import type { Load } from './load.js';
import { hasBody } from './slow-bodies.js';

const MOST = 1_000;
const MOST_OF_AN_ADDRESS = 100;

/**
 * Bounds the requests whose body has yet to arrive, by themselves and by client address. While it does they do
 * not count as under way: it costs a client nothing to send bodies that never come to an end, and with a
 * thousand of them they would shut everybody out.
 */
export function boundArrivingBodies(server: FastifyInstance, load: Load): void {
  const byAddress = new Map<string, number>();
  let all = 0;
  server.addHook('onRequest', (request, reply, done) => {
    if (!hasBody(request.headers)) return done();
    const { raw } = request;
    const client = clientOf(request.ip);
    const ofAddress = byAddress.get(client) ?? 0;
    const how = { retryAfterSeconds: RETRY_AFTER_SECONDS };
    if (ofAddress >= MOST_OF_AN_ADDRESS) return done(new RateLimited(how));
    if (all >= MOST) return done(new Overloaded(how));
    all++;
    byAddress.set(client, ofAddress + 1);
    const response = reply.raw as CountedResponse;
    load.setAside(response);
    let isArriving = true;
    const end = () => {
      if (!isArriving) return;
      isArriving = false;
      all--;
      const left = byAddress.get(client)! - 1;
      if (left === 0) byAddress.delete(client);
      else byAddress.set(client, left);
      load.takeUp(response);
    };
    raw.once('end', end);
    raw.once('close', end);
    done();
  });
}
