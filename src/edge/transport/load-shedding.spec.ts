import { fastify } from 'fastify';
import { expect, it, vi } from 'vitest';
import { Metrics } from '#platform/telemetry/metrics';
import { fake } from '../../../test/fake.js';
import type { Load } from './load.js';
import { shedLoad } from './load-shedding.js';

const begin = vi.fn();
const load = fake<Load>({ begin, beginRoute: () => undefined, excessFor: () => undefined });

it('counts what was too much for the first look, and is let in behind CORS', async () => {
  const server = fastify();
  shedLoad(server, load, new Metrics());
  server.get('/orders', () => 'done');
  server.get('/health/live', () => 'alive');
  await server.inject('/health/live');
  expect(begin).not.toHaveBeenCalled();
  const { body } = await server.inject('/orders');
  expect(body).toBe('done');
  expect(begin).toHaveBeenCalledOnce();
});
