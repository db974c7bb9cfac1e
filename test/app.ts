import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp, prepare } from '#app';
import { loadConfig } from '#platform/config/load-config';
import { openEngine } from '#platform/database/database.module';
import type { Engine } from '#platform/database/engine';
import { createLog } from '#platform/logging/log';
import { listen } from '#platform/lifecycle/listen';
import { Api, type Tokens } from './api.js';
import { scratchDatabase, type ScratchDatabase } from './databases.js';

export const ADMIN = { email: 'admin@localhost.test', password: 'administrator of the tests' };

export interface TestApp extends AsyncDisposable {
  readonly app: NestFastifyApplication;
  readonly api: Api;
  readonly engine: Engine;
  /** What was logged, a parsed line each. */
  readonly lines: Record<string, unknown>[];
  logInAdmin(): Promise<Tokens>;
}

/** Limits that a suite does not run into; the limits themselves are tested at their defaults. */
const ROOMY = {
  RATE_LIMIT_AUTH: '100000/15m',
  RATE_LIMIT_LOGIN: '100000/15m',
  RATE_LIMIT_API: '100000/15m',
  RATE_LIMIT_ADMIN: '100000/15m',
  RATE_LIMIT_STATIC: '100000/15m',
  SLOWDOWN_AFTER: '100000',
  LOAD_TARGET_EVENT_LOOP_DELAY_MS: '0',
  LOAD_TARGET_DATABASE_DELAY_MS: '0',
  REQUEST_DEADLINE_MS: '120000',
};

/** The application as `main.ts` runs it, in this process, on a database and a port of its own. */
export async function startApp(environment: Record<string, string> = {}): Promise<TestApp> {
  const database = await scratchDatabase();
  try {
    return await startOn(database, environment);
  } catch (error) {
    await database.drop(); // of a start that is refused nobody has an end to await
    throw error;
  }
}

async function startOn(
  database: ScratchDatabase,
  environment: Record<string, string>,
): Promise<TestApp> {
  const loaded = loadConfig(
    {
      NODE_ENV: 'test',
      PORT: '0',
      LOG_LEVEL: 'info',
      ADMIN_PASSWORD: ADMIN.password,
      PASSWORD_HASH_MEMORY_KIB: '8192',
      ...ROOMY,
      ...database.environment,
      ...environment,
    },
    '/dev/null',
  );
  const { config } = loaded;
  const lines: Record<string, unknown>[] = [];
  const log = await createLog(config, {
    write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>),
  });
  const engine = await openEngine(config);
  const app = await createApp({ ...loaded, log, engine });
  const api = new Api(await listen(app, config));
  await prepare(app);
  return {
    app,
    api,
    engine,
    lines,
    logInAdmin: async () => (await api.logIn(ADMIN.email, ADMIN.password)).body,
    [Symbol.asyncDispose]: async () => {
      await app.close();
      await database.drop();
    },
  };
}
