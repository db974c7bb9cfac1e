import type { ExecutionContext } from '@nestjs/common';
import { expect, it, vi } from 'vitest';
import { fake } from '../../../test/fake.js';
import { PerRoute } from './per-route.js';

class Base {
  list(this: void) {}
}
class Open extends Base {}
class Closed extends Base {}

const contextOf = (controller: typeof Base) =>
  fake<ExecutionContext>({
    getClass: () => controller as never,
    getHandler: () => controller.prototype.list,
  });

it('keeps what controllers say of a method that they inherit apart, and asks each once', () => {
  const perRoute = new PerRoute<string>();
  const find = vi.fn(([, controller]: unknown[]) => (controller === Open ? 'open' : 'closed'));
  for (let i = 0; i < 3; i++) {
    expect(perRoute.get(contextOf(Open), find)).toBe('open');
    expect(perRoute.get(contextOf(Closed), find)).toBe('closed');
  }
  expect(find).toHaveBeenCalledTimes(2);
});
