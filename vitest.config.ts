import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { findProgram } from './drills/kit/own-process.mjs';
import { chromium } from './test/chromium.js';
import { answers, postgresUrl, redisUrl } from './test/servers.js';

const hasPostgres = await answers(postgresUrl);
const hasRedis = await answers(redisUrl);

// one that is named is wanted: a typing error in it must not pass for "not there"
for (const [name, isThere] of [
  ['TEST_DATABASE_URL', hasPostgres],
  ['TEST_REDIS_URL', hasRedis],
] as const) {
  if (process.env[name] && !isThere) throw new Error(`${name} is set, and nothing answers there`);
}
// some stop and freeze a Redis of their own
const withoutRedisServer = findProgram('redis-server') ? [] : ['test/redis/{cache,faults}.e2e.ts'];

const missing = [
  !hasPostgres && `no PostgreSQL at ${new URL(postgresUrl).host} (TEST_DATABASE_URL)`,
  !hasRedis && `no Redis at ${new URL(redisUrl).host} (TEST_REDIS_URL)`,
  hasRedis && withoutRedisServer.length > 0 && 'no redis-server on PATH',
  !chromium && 'no Chromium (CHROMIUM_PATH)',
].filter(Boolean);
for (const reason of missing) process.stderr.write(`skipped: the suites that need it, ${reason}\n`);
if (missing.length > 0 && process.env['CI'] === 'true') {
  throw new Error(`CI skips nothing: ${missing.join('; ')}`);
}

/** The specs beside the code read the sources; the suites from outside run what was built, as it is shipped. */
const ofSources = { conditions: ['source'] };
const ofBuild = { deps: { external: [/\/dist\//] } };

function project(
  name: string,
  include: string[],
  env: Record<string, string> = {},
  exclude: string[] = [],
): TestProjectConfiguration {
  const isUnit = name === 'unit';
  return {
    ...(isUnit && { resolve: ofSources, ssr: { resolve: ofSources } }),
    test: {
      ...(!isUnit && { server: ofBuild }),
      name,
      include,
      exclude,
      env: { NODE_ENV: 'test', ...env },
      // to import the application once a worker, not once a file, is half of the time of a run: a
      // file leaves clock, spies and environment as it found them
      isolate: false,
      expect: { poll: { timeout: 60_000 } },
      testTimeout: 300_000,
      hookTimeout: 300_000,
    },
  };
}

const journeys = ['test/journeys/*.e2e.ts'];

// what is not about what is kept: once, on the engine at hand, the server (the quicker) if there is one
const anyEngine = {
  journeys: [
    'test/journeys/{access,alerts,asvs-accounts,bad-input,canaries,edge-metrics,guard}.e2e.ts',
    'test/journeys/{hardening,health,jobs,json,limits,live-events,log-levels,mail,metrics}.e2e.ts',
    'test/journeys/{naughty,oidc,oidc-linking,oidc-outage,raw-http,refusals,routes}.e2e.ts',
    'test/journeys/{scan,tokens,transport,uploads}.e2e.ts',
  ],
  drills: [
    'test/drills/{audit-archive,bundle,encryption,garbage,log-files,log-trouble,monitoring,queue,stop}.e2e.ts',
    'test/drills/{tracing,uploads}.e2e.ts',
  ],
};
// of what is different on a directory than on a server; that of a server is in test/postgresql
const embeddedDrills = ['test/drills/{audit-verify,start}.e2e.ts'];

const onEmbedded = { TEST_ENGINE: 'embedded' };
const onServer = { TEST_ENGINE: 'postgresql' };
const onEither = hasPostgres ? onServer : onEmbedded;

export default defineConfig({
  test: {
    maxWorkers: 4, // of two cores, since many wait for processes of their own
    globalSetup: ['test/fresh-build.ts', 'test/templates.ts'],
    projects: [
      project('unit', ['src/**/*.spec.ts', 'test/*.spec.ts', 'test/attacks/**/*.spec.ts']),
      project('journeys', anyEngine.journeys, onEither),
      project('embedded', [...journeys, 'test/embedded/*.e2e.ts'], onEmbedded, anyEngine.journeys),
      ...(hasPostgres
        ? [
            project(
              'postgresql',
              [...journeys, 'test/postgresql/*.e2e.ts'],
              onServer,
              anyEngine.journeys,
            ),
          ]
        : []),
      ...(hasRedis
        ? [project('redis', ['test/redis/*.e2e.ts'], onEmbedded, withoutRedisServer)]
        : []),
      ...(chromium ? [project('console', ['test/console/*.e2e.ts'], onEither)] : []),
      // those in faults/ start a database of their own, whatever the engine
      project('drills', [...anyEngine.drills, 'test/drills/faults/*.e2e.ts'], onEither),
      project('drills (embedded)', ['test/drills/*.e2e.ts'], onEmbedded, anyEngine.drills),
      ...(hasPostgres
        ? [
            project('drills (postgresql)', ['test/drills/*.e2e.ts'], onServer, [
              ...anyEngine.drills,
              ...embeddedDrills,
            ]),
          ]
        : []),
    ],
  },
});
