import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { chromium } from './test/chromium.js';
import { answers, postgresUrl, redisUrl } from './test/servers.js';

const hasPostgres = await answers(postgresUrl);
const hasRedis = await answers(redisUrl);

const missing = [
  !hasPostgres && `no PostgreSQL at ${new URL(postgresUrl).host} (TEST_DATABASE_URL)`,
  !hasRedis && `no Redis at ${new URL(redisUrl).host} (TEST_REDIS_URL)`,
  !chromium && 'no Chromium (CHROMIUM_PATH)',
].filter(Boolean);
for (const reason of missing) process.stderr.write(`skipped: the suites that need it, ${reason}\n`);
if (missing.length > 0 && process.env['CI'] === 'true') {
  throw new Error(`CI skips nothing: ${missing.join('; ')}`);
}

const conditions = ['source'];

function project(
  name: string,
  include: string[],
  env: Record<string, string> = {},
  exclude: string[] = [],
): TestProjectConfiguration {
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      name,
      include,
      exclude,
      env: { NODE_ENV: 'test', ...env },
      // to import the application once a worker, not once a file, is half of the time of a run: a
      // file leaves clock, spies and environment as it found them
      isolate: false,
      testTimeout: 120_000,
      hookTimeout: 120_000,
    },
  };
}

const journeys = ['test/journeys/*.e2e.ts'];

// about the edge, the logs or the outside: they never see which engine there is, so they run once
const engineFree = [
  'test/journeys/{guard,json,limits,log-levels,metrics,oidc-outage,raw-http,transport,uploads}.e2e.ts',
];
const engineFreeDrills = ['test/drills/{log-files,log-trouble,monitoring,tracing,uploads}.e2e.ts'];

export default defineConfig({
  test: {
    maxWorkers: 2,
    globalSetup: ['test/templates.ts'], // of what was built
    projects: [
      project('unit', ['src/**/*.spec.ts', 'test/*.spec.ts', 'test/attacks/**/*.spec.ts']),
      project('embedded', [...journeys, 'test/embedded/*.e2e.ts'], { TEST_ENGINE: 'embedded' }),
      ...(hasPostgres
        ? [
            project(
              'postgresql',
              [...journeys, 'test/postgresql/*.e2e.ts'],
              { TEST_ENGINE: 'postgresql' },
              engineFree,
            ),
          ]
        : []),
      ...(hasRedis ? [project('redis', ['test/redis/*.e2e.ts'], { TEST_ENGINE: 'embedded' })] : []),
      ...(chromium
        ? [project('console', ['test/console/*.e2e.ts'], { TEST_ENGINE: 'embedded' })]
        : []),
      // those in faults/ start a database of their own, whatever the engine
      project('drills', ['test/drills/**/*.e2e.ts'], { TEST_ENGINE: 'embedded' }),
      ...(hasPostgres
        ? [
            project(
              'drills (postgresql)',
              ['test/drills/*.e2e.ts'],
              { TEST_ENGINE: 'postgresql' },
              engineFreeDrills,
            ),
          ]
        : []),
    ],
  },
});
