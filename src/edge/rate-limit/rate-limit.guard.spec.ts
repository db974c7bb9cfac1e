import { Body, Controller, Get, Global, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { Public } from '#edge/access/access.decorators';
import { AccessGuard } from '#edge/access/access.guard';
import { AccessModule } from '#edge/access/access.module';
import { Authenticator } from '#edge/access/authenticator';
import type { Role } from '#edge/access/permissions';
import type { Principal } from '#edge/access/principal';
import { ConfigurationModule } from '#platform/config/config.module';
import { loadConfig } from '#platform/config/load-config';
import { Database } from '#platform/database/database';
import { ProblemFilter } from '#platform/errors/problem.filter';
import { Unauthenticated } from '#platform/errors/problems';
import { createLog } from '#platform/logging/log';
import { LoggingModule } from '#platform/logging/logging.module';
import { Metrics } from '#platform/telemetry/metrics';
import { SecurityEvents, type SecurityEvent } from '#platform/telemetry/security-events';
import { RedisModule } from '#platform/redis/redis.module';
import { TelemetryModule } from '#platform/telemetry/telemetry.module';
import { FamiliarPlaces } from './familiar-places.js';
import { RateLimit, Unlimited } from './rate-limit.decorators.js';
import { RateLimitGuard } from './rate-limit.guard.js';
import { RateLimitModule } from './rate-limit.module.js';
import { UserLimitGuard } from './user-limit.guard.js';

@Controller()
class Routes {
  @Get('api')
  api() {
    return 'ok';
  }
  @RateLimit('admin')
  @Get('admin')
  admin() {
    return 'ok';
  }
  @RateLimit('search')
  @Get('search')
  search() {
    return 'ok';
  }
  @RateLimit('uploads')
  @Get('uploads')
  uploads() {
    return 'ok';
  }
  @RateLimit('payments')
  @Get('payments')
  payments() {
    return 'ok';
  }
  @RateLimit('realtime')
  @Get('realtime')
  realtime() {
    return 'ok';
  }
  @Public()
  @RateLimit('webhooks')
  @Get('webhooks')
  webhooks() {
    return 'ok';
  }
  @Public()
  @RateLimit('static')
  @Get('static')
  files() {
    return 'ok';
  }
  @Public()
  @RateLimit('auth')
  @Get('auth')
  auth() {
    return 'ok';
  }
  @Public()
  @RateLimit('search')
  @Get('open-search')
  openSearch() {
    return 'ok';
  }
  @Public()
  @RateLimit('auth', 'login')
  @Post('login')
  logIn(@Body() body: unknown) {
    return body;
  }
  @Public()
  @Unlimited()
  @Get('probe')
  probe() {
    return 'ok';
  }
}

/** `Bearer <role>-<name>`, or `<role>-<name>@<tenant>`, is who it says it is. */
class ByName extends Authenticator {
  asked = 0;

  authenticate({ headers }: FastifyRequest): Promise<Principal> {
    this.asked++;
    const [, role, name, tenant = null] =
      /^Bearer (user|admin)-(\w+)(?:@(\w+))?$/.exec(headers.authorization ?? '') ?? [];
    if (!role || !name) return Promise.reject(new Unauthenticated());
    const session = { id: name, startedAt: new Date() };
    return Promise.resolve({
      userId: name,
      role: role as Role,
      isEmailVerified: true,
      tenant,
      session,
    });
  }
}

const nowhere: FamiliarPlaces = { hasBeenOpenedFrom: () => Promise.resolve(false) };

@Global()
@Module({
  providers: [
    { provide: Authenticator, useClass: ByName },
    { provide: FamiliarPlaces, useValue: nowhere },
  ],
  exports: [Authenticator, FamiliarPlaces],
})
class Accounts {}

@Global()
@Module({
  providers: [{ provide: Database, useValue: { delayMsOf: () => 0 } }],
  exports: [Database],
})
class IdleDatabase {}

@Module({ controllers: [Routes] })
class RoutesModule {}

let app: NestFastifyApplication;
afterEach(() => app.close());

async function start(environment: Record<string, string> = {}) {
  const { config } = loadConfig(
    { NODE_ENV: 'test', TRUST_PROXY: '1', ...environment },
    '/dev/null',
  );
  const log = await createLog(config, { write: () => undefined });
  const modules = [
    ConfigurationModule.of({ config, sources: new Map() }),
    LoggingModule.of(log),
    TelemetryModule,
    RedisModule,
    Accounts,
    RateLimitModule,
    AccessModule,
    IdleDatabase,
    RoutesModule,
  ];
  @Module({ imports: modules })
  class Whole {}
  const adapter = new FastifyAdapter({ trustProxy: true });
  adapter.getInstance().decorateRequest('principal', null);
  app = await NestFactory.create<NestFastifyApplication>(Whole, adapter, { logger: false });
  app.useGlobalGuards(app.get(RateLimitGuard), app.get(AccessGuard), app.get(UserLimitGuard));
  app.useGlobalFilters(new ProblemFilter(config, log));
  await app.init();
  const events: SecurityEvent[] = [];
  app.get(SecurityEvents).onEvent((event) => events.push(event));
  return { events, authenticator: app.get<ByName>(Authenticator) };
}

interface From {
  token?: string;
  apiKey?: string;
  address?: string;
  email?: unknown;
}

function call(path: string, { token, apiKey, address = '203.0.113.1', email }: From = {}) {
  return app.inject({
    method: email === undefined ? 'GET' : 'POST',
    url: path,
    headers: {
      'x-forwarded-for': address,
      ...(token && { authorization: `Bearer ${token}` }),
      ...(apiKey && { 'x-api-key': apiKey }),
    },
    ...(email !== undefined && { payload: { email, password: 'a guess' } }),
  });
}

async function statuses(count: number, path: string, from?: From): Promise<number[]> {
  const all: number[] = [];
  for (let i = 0; i < count; i++) all.push((await call(path, from)).statusCode);
  return all;
}

const attempt = (i: number, email: unknown) => call('/login', { address: `203.0.113.${i}`, email });

const authFrom = async (address: string) => (await call('/auth', { address })).statusCode;

async function tookMs(): Promise<number> {
  const startMs = performance.now();
  expect((await call('/api', { token: 'user-ada' })).statusCode).toBe(200);
  return performance.now() - startMs;
}

/** By the headers of the IETF draft, by those that came before it, and by Retry-After. */
function expectRefusal(
  { statusCode, headers }: Awaited<ReturnType<typeof call>>,
  tier: string,
  limit: number,
  seconds: number,
): void {
  const left = Number(headers['retry-after']);
  expect(statusCode).toBe(429);
  expect(left).toBeGreaterThan(seconds - 20);
  expect(left).toBeLessThanOrEqual(seconds);
  expect(headers).toMatchObject({
    'ratelimit-policy': `"${tier}";q=${limit};w=${seconds}`,
    ratelimit: `"${tier}";r=0;t=${left}`,
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': String(left),
  });
}

const only = (status: number) => new Set([status]);

describe('a tier at its default', () => {
  it.each([
    ['auth', 5, 900],
    ['static', 500, 300],
    ['webhooks', 1_000, 60],
    ['admin', 50, 900],
    ['search', 30, 60],
    ['uploads', 10, 3_600],
    ['payments', 10, 60],
    ['realtime', 30, 60],
  ])('%s lets %i through in %i s, and not one more', async (tier, limit, seconds) => {
    await start();
    const from = { token: 'user-ada' };
    expect(new Set(await statuses(limit, `/${tier}`, from))).toEqual(only(200));
    expectRefusal(await call(`/${tier}`, from), tier, limit, seconds);
    expect((await call('/probe')).statusCode).toBe(200);
  });

  it('api lets 100 through in 900 s, and not one more', async () => {
    await start({ SLOWDOWN_AFTER: '0' });
    expect(new Set(await statuses(100, '/api', { token: 'user-ada' }))).toEqual(only(200));
    expectRefusal(await call('/api', { token: 'user-ada' }), 'api', 100, 900);
  });

  it('login lets 6 through to one account in 900 s, from whatever address and in whatever case', async () => {
    await start();
    for (let i = 1; i <= 6; i++) {
      const email = i % 2 ? 'ada@example.com' : ' ADA@example.com';
      expect((await attempt(i, email)).statusCode).toBe(201);
    }
    expectRefusal(await attempt(7, 'Ada@Example.com'), 'login', 6, 900);
    expect((await attempt(8, 'grace@example.com')).statusCode).toBe(201);
    for (const email of [null, 1, {}, []]) expect((await attempt(9, email)).statusCode).toBe(201);
  });

  it('each is set by its own variable', async () => {
    await start({
      RATE_LIMIT_SEARCH: '2/1m',
      RATE_LIMIT_WEBHOOKS: '1/10s',
      RATE_LIMIT_LOGIN: '1/1h',
    });
    expect(await statuses(3, '/search', { token: 'user-ada' })).toEqual([200, 200, 429]);
    expect(await statuses(2, '/webhooks')).toEqual([200, 429]);
    expect(await statuses(2, '/login', { email: 'ada@example.com' })).toEqual([201, 429]);
  });
});

describe('the key', () => {
  it('is the user where the tier says so, from whatever address', async () => {
    await start();
    for (let i = 1; i <= 10; i++) {
      const from = { token: 'user-ada', address: `203.0.113.${i}` };
      expect((await call('/payments', from)).statusCode).toBe(200);
    }
    const elsewhere = { token: 'user-ada', address: '203.0.113.99' };
    expect((await call('/payments', elsewhere)).statusCode).toBe(429);
    expect((await call('/payments', { token: 'user-grace' })).statusCode).toBe(200);
  });

  it('is the address for whoever is not signed in', async () => {
    await start();
    expect(new Set(await statuses(30, '/open-search'))).toEqual(only(200));
    expect((await call('/open-search')).statusCode).toBe(429);
    expect((await call('/open-search', { address: '203.0.113.2' })).statusCode).toBe(200);
  });

  it('is the /64 of an IPv6 address', async () => {
    await start({ RATE_LIMIT_AUTH: '1/15m' });
    expect(await authFrom('2001:db8:1:2::1')).toBe(200);
    expect(await authFrom('2001:db8:1:2:ffff:ffff:ffff:ffff')).toBe(429);
    expect(await authFrom('2001:db8:1:3::1')).toBe(200);
  });

  it('an address that sends no user is refused before anybody looks one up', async () => {
    const { authenticator } = await start({ RATE_LIMIT_PAYMENTS: '2/1m' });
    expect(await statuses(21, '/payments')).toEqual([...Array<number>(20).fill(401), 429]);
    expect(authenticator.asked).toBe(20);
  });

  it('what an address is refused does not count against the account', async () => {
    await start();
    const email = 'ada@example.com';
    expect((await statuses(50, '/login', { email })).filter((s) => s === 201)).toHaveLength(5);
    expect((await call('/login', { email, address: '203.0.113.2' })).statusCode).toBe(201);
  });
});

describe('a tenant', () => {
  it('has 1000 calls of all its members in 900 s, and not one more', async () => {
    await start({ SLOWDOWN_AFTER: '0', RATE_LIMIT_API: '100000/15m' });
    expect(new Set(await statuses(500, '/api', { token: 'user-ada@acme' }))).toEqual(only(200));
    expect(new Set(await statuses(500, '/api', { token: 'user-grace@acme' }))).toEqual(only(200));
    expectRefusal(await call('/api', { token: 'user-linus@acme' }), 'tenant', 1_000, 900);
    expect((await call('/api', { token: 'user-linus@other' })).statusCode).toBe(200);
    expect((await call('/api', { token: 'user-linus' })).statusCode).toBe(200);
    expect((await call('/probe', { token: 'user-ada@acme' })).statusCode).toBe(200);
  });

  it('is counted beside the tiers of a route, and the answer names what has the least room', async () => {
    await start({ RATE_LIMIT_SEARCH: '2/1m', RATE_LIMIT_TENANT: '3/1m' });
    const policies: unknown[] = [];
    for (const token of ['user-ada@acme', 'user-ada@acme', 'user-grace@acme']) {
      policies.push((await call('/search', { token })).headers['ratelimit-policy']);
    }
    expect(policies).toEqual(['"search";q=2;w=60', '"search";q=2;w=60', '"tenant";q=3;w=60']);
  });

  it('pays nothing for what one member is refused', async () => {
    await start({ RATE_LIMIT_SEARCH: '1/1m', RATE_LIMIT_TENANT: '2/1m' });
    expect(await statuses(5, '/search', { token: 'user-ada@acme' })).toEqual([
      200, 429, 429, 429, 429,
    ]);
    expect((await call('/search', { token: 'user-grace@acme' })).statusCode).toBe(200);
    expect((await call('/search', { token: 'user-linus@acme' })).statusCode).toBe(429);
  });
});

describe('what the limits decide', () => {
  it('is counted by tier and outcome', async () => {
    await start({ RATE_LIMIT_API: '2/15m', SLOWDOWN_AFTER: '1', RATE_LIMIT_SEARCH: '1/1m' });
    await statuses(3, '/api', { token: 'user-ada' });
    await call('/api', { token: 'admin-root' });
    await statuses(2, '/search', { token: 'user-ada' });
    const text = await app
      .get(Metrics)
      .registry.getSingleMetricAsString('aerie_rate_limit_decisions_total');
    for (const [tier, outcome, count] of [
      ['api', 'allowed', 1],
      ['api', 'slowed', 1],
      ['api', 'refused', 1],
      ['api', 'spared', 1],
      ['search', 'refused', 1],
      ['tenant', 'allowed', 0],
    ]) {
      expect(text).toContain(`{tier="${tier}",outcome="${outcome}"} ${count}`);
    }
  });
});

describe('administrators', () => {
  it('pass where the tier says so, others do not', async () => {
    const { authenticator } = await start({ RATE_LIMIT_API: '5/15m', SLOWDOWN_AFTER: '0' });
    expect(new Set(await statuses(20, '/api', { token: 'admin-root' }))).toEqual(only(200));
    expect(authenticator.asked).toBe(20); // access takes over what the limits found out
    expect(new Set(await statuses(20, '/api', { token: 'user-ada' }))).toEqual(only(429));
    expect(new Set(await statuses(20, '/api', { token: 'forged' }))).toEqual(only(429));
    expect(authenticator.asked).toBe(22); // and who is none is looked up once
    expect((await call('/api')).statusCode).toBe(429);
  });

  it('are not looked for behind one made-up API key after the other', async () => {
    const { authenticator } = await start({ RATE_LIMIT_API: '1/15m', SLOWDOWN_AFTER: '0' });
    await call('/api');
    authenticator.asked = 0;
    for (let i = 0; i < 50; i++) {
      expect((await call('/api', { apiKey: `made up ${i}` })).statusCode).toBe(429);
    }
    expect(authenticator.asked).toBe(10);
    expect((await call('/api', { token: 'admin-root' })).statusCode).toBe(200);
  });

  it('do not wait either', async () => {
    await start({ SLOWDOWN_AFTER: '1' });
    const startMs = performance.now();
    expect(new Set(await statuses(30, '/api', { token: 'admin-root' }))).toEqual(only(200));
    expect(performance.now() - startMs).toBeLessThan(2_000);
  });

  it('are held to the tiers that do not', async () => {
    await start({ RATE_LIMIT_PAYMENTS: '1/1m' });
    expect(await statuses(2, '/payments', { token: 'admin-root' })).toEqual([200, 429]);
  });
});

describe('a violation', () => {
  it('is reported once a key and window', async () => {
    const { events } = await start({ RATE_LIMIT_SEARCH: '1/1m' });
    await statuses(4, '/search', { token: 'user-ada' });
    await statuses(2, '/search', { token: 'user-grace' });
    expect(events).toMatchObject([
      { action: 'security.rate_limited', actor: 'ada', metadata: { tier: 'search', limit: 1 } },
      { action: 'security.rate_limited', actor: 'grace' },
    ]);
  });
});

describe('the slow-down at its default', () => {
  it('lets fifty through at once and keeps the next ones waiting longer each', async () => {
    await start();
    const fast = [];
    for (let i = 0; i < 50; i++) fast.push(await tookMs());
    expect(fast.toSorted((a, b) => a - b)[25]).toBeLessThan(90);
    for (const ms of [100, 200, 300]) expect(await tookMs()).toBeGreaterThanOrEqual(ms - 2);
    const startMs = performance.now();
    for (let i = 0; i < 60; i++) expect((await call('/probe')).statusCode).toBe(200);
    expect(performance.now() - startMs).toBeLessThan(2_000);
  });
});
