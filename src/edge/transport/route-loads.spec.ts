import { expect, it } from 'vitest';
import { RouteLoads } from './route-loads.js';

const AIM = 1;

/** As long as the first who asks for the crowded route waits too long. */
function crowd(routes: RouteLoads, samples: number): void {
  for (let i = 0; i < samples; i++) routes.adjust((name) => (name === 'crowded' ? 2 * AIM : 0));
}

it('fewer are let in for a route on which a crowd stays, and no fewer for another', () => {
  const routes = new RouteLoads();
  for (const name of ['crowded', 'other']) routes.of(name).underWay = 400;
  crowd(routes, 5);
  expect(routes.isAnyLowered).toBe(false);
  crowd(routes, 1);
  expect(routes.isAnyLowered).toBe(true);
  expect(routes.of('crowded').isFull).toBe(true);
  expect(routes.of('other').isFull).toBe(false);
  routes.of('crowded').underWay = 199;
  expect(routes.of('crowded').isFull).toBe(false);
});

it('as many as come are let in again when it has gone', () => {
  const routes = new RouteLoads();
  routes.of('crowded').underWay = 400;
  crowd(routes, 6);
  for (let i = 0; i < 100; i++) routes.adjust(() => AIM);
  expect(routes.isAnyLowered).toBe(false);
  routes.of('crowded').underWay = 10_000;
  expect(routes.of('crowded').isFull).toBe(false);
});
