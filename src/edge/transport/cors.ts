import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import type { Config } from '#platform/config/config';

const ONE_HOUR_SECONDS = 3_600;

/** Lets the pages of CORS_ORIGINS call the API from a browser; others get no CORS headers at all. */
export async function allowOrigins(server: FastifyInstance, config: Config): Promise<void> {
  const { CORS_ORIGINS: origins } = config;
  if (origins.length === 0) return;
  await server.register(cors, {
    origin: origins.includes('*') ? '*' : origins,
    credentials: !origins.includes('*'),
    exposedHeaders: ['x-request-id', 'ratelimit', 'ratelimit-policy', 'retry-after'],
    maxAge: ONE_HOUR_SECONDS,
  });
}
