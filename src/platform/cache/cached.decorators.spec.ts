import { Controller, Get } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { beforeEach, expect, it, vi } from 'vitest';
import { runInContext } from '../telemetry/request-context.js';
import { Cache, type CachedRead } from './cache.js';
import { Cached, cachingOf } from './cached.decorators.js';

const load = vi.fn();

class Dishes {
  @Cached({ ttl: '10s', grace: '5m', tags: ['menu'], key: (id: string) => id })
  async find(id: string): Promise<string> {
    load(id);
    return `dish ${id}`;
  }

  @Cached({
    ttl: '1m',
    tags: (id: string) => [`orders of ${id}`],
    key: (id: string) => id,
    per: 'user',
  })
  async own(id: string): Promise<string> {
    load(id);
    return `own ${id}`;
  }

  @Cached({ ttl: '1m', tags: ['menu'], key: (id: string) => id, per: 'tenant' })
  async ofHouse(id: string): Promise<string> {
    load(id);
    return `of the house ${id}`;
  }
}

const read = vi.fn();
class Recording extends Cache {
  readonly size = { entries: 0, bytes: 0 };
  invalidateTags(): void {}
  getOrLoad<T>(what: CachedRead, ask: () => Promise<T>): Promise<T> {
    read(what);
    return ask();
  }
}

let dishes: Dishes;
beforeEach(() => {
  vi.resetAllMocks();
  dishes = new Dishes();
});

/** As the container does for what is injected by property. */
function inject(target: object, value: unknown): void {
  const properties = Reflect.getMetadata('self:properties_metadata', target.constructor) as {
    key: string | symbol;
  }[];
  for (const { key } of properties) Object.assign(target, { [key]: value });
}

const asUser = <T>(actor: string | undefined, work: () => T, tenant?: string | null): T =>
  runInContext(
    {
      requestId: 'r',
      address: '::1',
      userAgent: undefined,
      ...(actor && { actor }),
      ...(tenant !== undefined && { tenant }),
    },
    work,
  );

it('reads through the cache by what the method is told', async () => {
  inject(dishes, new Recording());
  expect(await dishes.find('soup')).toBe('dish soup');
  expect(read).toHaveBeenCalledExactlyOnceWith({
    name: 'Dishes.find',
    key: 'anybody\0soup',
    ttlMs: 10_000,
    graceMs: 300_000,
    tags: ['menu'],
  });
});

it('keeps users apart where it says so, and keeps nothing where nobody is known', async () => {
  inject(dishes, new Recording());
  for (const user of ['ada', 'bob', undefined]) await asUser(user, () => dishes.own('1'));
  expect(read.mock.calls.map(([{ key }]) => key)).toEqual(['user ada\x001', 'user bob\x001']);
  expect(read.mock.calls[0]![0].tags).toEqual(['orders of 1']);
  expect(load).toHaveBeenCalledTimes(3);
});

it('keeps tenants apart where it says so, those without one from all of them, and nothing where it is not known', async () => {
  inject(dishes, new Recording());
  for (const tenant of ['bistro', 'osteria', null, undefined]) {
    await asUser('ada', () => dishes.ofHouse('1'), tenant);
  }
  expect(read.mock.calls.map(([{ key }]) => key)).toEqual([
    'tenant bistro\x001',
    'tenant osteria\x001',
    'no tenant\x001',
  ]);
  expect(load).toHaveBeenCalledTimes(4);
});

it('is the bare method in an object that nobody gave a cache', async () => {
  expect(await dishes.find('soup')).toBe('dish soup');
});

it('leaves what other decorators say of the method where it is', () => {
  @Controller()
  class Menu {
    @Cached({ ttl: '1m', tags: ['menu'] })
    @Get()
    async list(): Promise<string[]> {
      return [];
    }
  }
  const method = Object.getOwnPropertyDescriptor(Menu.prototype, 'list')!.value as object;
  expect(Reflect.getMetadata(METHOD_METADATA, method)).toBeDefined();
  expect(cachingOf(method)).toMatchObject({ ttl: '1m' });
  expect(cachingOf(Menu)).toBeUndefined();
});

it('refuses a method with arguments and no key, and what is no duration', () => {
  const method = { value: async (_id: string) => 'x' };
  const decorate = (options: object) =>
    Cached(options as Parameters<typeof Cached<[string]>>[0])(Dishes.prototype, 'other', method);
  expect(() => decorate({ ttl: '1m', tags: [] })).toThrow('@Cached on Dishes.other needs a key');
  expect(() => decorate({ ttl: '1', tags: [], key: String })).toThrow('no duration');
});
