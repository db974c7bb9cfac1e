import { Controller, Get, Injectable, Post, type CanActivate, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, expect, it } from 'vitest';
import { Cache, type CachedRead } from '#platform/cache/cache';
import { Cached } from '#platform/cache/cached.decorators';
import { runInContext } from '#platform/telemetry/request-context';
import { Public } from './access.decorators.js';
import { CachedRoutes } from './cached-routes.js';

let app: NestFastifyApplication | undefined;

afterEach(async () => {
  await app?.close();
  app = undefined;
});

/** Keeps everything for ever. */
class Memory extends Cache {
  readonly size = { entries: 0, bytes: 0 };
  private readonly kept = new Map<string, unknown>();
  invalidateTags(): void {}
  async getOrLoad<T>({ key }: CachedRead, load: () => Promise<T>): Promise<T> {
    if (!this.kept.has(key)) this.kept.set(key, await load());
    return this.kept.get(key) as T;
  }
}

/** As the access guard does: refuses who says nothing, and notes who calls. */
@Injectable()
class NamedOnly implements CanActivate {
  canActivate(): boolean {
    return caller !== undefined;
  }
}
let caller: string | undefined;

async function start(controller: Type): Promise<NestFastifyApplication> {
  const module = class {};
  Reflect.defineMetadata('controllers', [controller], module);
  Reflect.defineMetadata('providers', [CachedRoutes, { provide: Cache, useClass: Memory }], module);
  app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), {
    logger: false,
    abortOnError: false,
  });
  app.useGlobalGuards(new NamedOnly());
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (_request, _reply, done) => {
      const context = { requestId: 'r', address: '::1', userAgent: undefined };
      runInContext(caller ? { ...context, actor: caller } : context, done);
    });
  return app.init();
}

@Controller()
class Own {
  calls = 0;

  @Cached({ ttl: '1m', tags: ['greetings'], per: 'user' })
  @Get('own')
  async greet(): Promise<{ greeting: string }> {
    return { greeting: `hello ${caller}, you are number ${++this.calls}` };
  }
}

const ask = async (who: string | undefined) => {
  caller = who;
  const answer = await app!.inject({ url: '/own' });
  return answer.statusCode === 200
    ? answer.json<{ greeting: string }>().greeting
    : answer.statusCode;
};

it('lets a route be cached for each caller apart, behind the guards', async () => {
  await start(Own);
  expect(await ask('ada')).toBe('hello ada, you are number 1');
  expect(await ask('bob')).toBe('hello bob, you are number 2');
  expect(await ask('ada')).toBe('hello ada, you are number 1');
  expect(await ask(undefined)).toBe(403);
});

@Controller()
class Open {
  @Public()
  @Cached({ ttl: '1m', tags: ['menu'] })
  @Get('menu')
  async list(): Promise<string[]> {
    return ['soup'];
  }
}

@Controller()
class Closed {
  @Cached({ ttl: '1m', tags: ['menu'] })
  @Get('mine')
  async list(): Promise<string[]> {
    return ['soup'];
  }
}

@Controller()
class Doing {
  @Public()
  @Cached({ ttl: '1m', tags: ['menu'] })
  @Post('menu')
  async add(): Promise<void> {}
}

it('starts with a public route that is cached for all', async () => {
  await expect(start(Open)).resolves.toBeDefined();
});

it('refuses to start with one that is closed and keeps no caller apart', async () => {
  await expect(start(Closed)).rejects.toThrow('Closed.list is cached and not public');
});

it('refuses to start with one that is no GET', async () => {
  await expect(start(Doing)).rejects.toThrow('Doing.add is cached and no GET');
});
