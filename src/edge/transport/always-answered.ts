import type { FastifyRequest } from 'fastify';

const ALWAYS_ANSWERED = /^\/(ping|health|metrics)(\/|\?|$)/;

/** Probes and scrapers: they ask how it is, so they get an answer when it is not well, and over http. */
export function isAlwaysAnswered({ url }: FastifyRequest): boolean {
  return ALWAYS_ANSWERED.test(url);
}
