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
): TestProjectConfiguration {
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      name,
      include,
      env: { NODE_ENV: 'test', ...env },
      globalSetup: ['test/embedded-template.ts'],
      testTimeout: 120_000,
      hookTimeout: 120_000,
    },
  };
}

const journeys = ['test/journeys/*.e2e.ts'];

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      project('unit', ['src/**/*.spec.ts', 'test/*.spec.ts', 'test/attacks/**/*.spec.ts']),
      project('embedded', [...journeys, 'test/embedded/*.e2e.ts'], { TEST_ENGINE: 'embedded' }),
      ...(hasPostgres
        ? [
            project('postgresql', [...journeys, 'test/postgresql/*.e2e.ts'], {
              TEST_ENGINE: 'postgresql',
            }),
          ]
        : []),
      ...(hasRedis ? [project('redis', ['test/redis/*.e2e.ts'], { TEST_ENGINE: 'embedded' })] : []),
      // those in faults/ start a database of their own, whatever the engine
      ...(chromium
        ? [project('console', ['test/console/*.e2e.ts'], { TEST_ENGINE: 'embedded' })]
        : []),
      project('drills', ['test/drills/**/*.e2e.ts'], { TEST_ENGINE: 'embedded' }),
      ...(hasPostgres
        ? [project('drills (postgresql)', ['test/drills/*.e2e.ts'], { TEST_ENGINE: 'postgresql' })]
        : []),
    ],
  },
});
