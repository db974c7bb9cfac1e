// What each stage of the way of a request costs, in the application as app.ts wires it: it listens
// on a port, and autocannon, in a thread of its own, sends one request at a time. The clock is read
// where a stage begins and where it hands over. For that each hook and parser that app.ts gives to
// Fastify is wrapped as it is registered (hooks.mjs), and guards, pipe and filter have their methods wrapped. A stage
// that waits (for the database, for the next turn of promises) is charged with the wait. Two
// readings of the clock cost 0.1 to 0.2 µs, which each stage includes. After a warm-up, the median of
// each stage over all requests; «the rest» is what no stage took, from the arrival of the head to
// the last byte of the answer: Node's and Fastify's handling, Nest's routing, serialisation, the
// writing. The sum of medians is not the median of sums, hence small differences.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ValidationPipe } from '@nestjs/common';
import autocannon from 'autocannon';
import { fromDist } from '../scripts/command-line.mjs';
import { order } from './bodies.mjs';
import { wrapHooks } from './hooks.mjs';
import { REST, StageClock, TOTAL } from './stage-clock.mjs';
import { isQuick, median, printTable, round } from './table.mjs';

const { createApp, prepare } = await fromDist('app.js');
const { AccessGuard } = await fromDist('edge/access/access.guard.js');
const { RateLimitGuard } = await fromDist('edge/rate-limit/rate-limit.guard.js');
const { UserLimitGuard } = await fromDist('edge/rate-limit/user-limit.guard.js');
const { RequestGuard } = await fromDist('edge/request-guard/request-guard.guard.js');
const { AuthService } = await fromDist('features/auth/auth.service.js');
const { UsersService } = await fromDist('features/users/users.service.js');
const { loadConfig } = await fromDist('platform/config/load-config.js');
const { openEngine } = await fromDist('platform/database/database.module.js');
const { listen } = await fromDist('platform/lifecycle/listen.js');
const { ProblemFilter } = await fromDist('platform/errors/problem.filter.js');
const { createLog } = await fromDist('platform/logging/log.js');

const ORIGIN = 'https://shop.example.com';
const ADMIN = { email: 'admin@localhost.test', password: 'administrator of the bench' };
const ROOMY = '100000000/15m';
const MANY = isQuick ? 300 : 2_000;

const clock = new StageClock();
wrapHooks((stage, hook) => clock.aroundCallback(stage, hook));
for (const [stage, type, method] of [
  ['rate limit (address, account)', RateLimitGuard, 'canActivate'],
  ['request guard', RequestGuard, 'canActivate'],
  ['access (session look-up included)', AccessGuard, 'canActivate'],
  ['rate limit (user)', UserLimitGuard, 'canActivate'],
  ['validation', ValidationPipe, 'transform'],
  ['the service, its database and hashing', AuthService, 'logIn'],
  ['the service, its database and hashing', UsersService, 'getView'],
  ['problem document', ProblemFilter, 'catch'],
]) {
  clock.aroundMethod(stage, type.prototype, method);
}

const directory = mkdtempSync(join(tmpdir(), 'aerie-bench-'));
const loaded = loadConfig(
  {
    NODE_ENV: 'test',
    PORT: '0',
    DATA_DIR: directory,
    CORS_ORIGINS: ORIGIN,
    ADMIN_PASSWORD: ADMIN.password,
    RATE_LIMIT_AUTH: ROOMY,
    RATE_LIMIT_LOGIN: ROOMY,
    RATE_LIMIT_API: ROOMY,
    SLOWDOWN_AFTER: '100000000',
  },
  '/dev/null',
);
const { config } = loaded;
const log = await createLog(config, { write() {} }); // written, but to nowhere
const app = await createApp({ ...loaded, log, engine: await openEngine(config) });
try {
  const url = await listen(app, config);
  await prepare(app);
  app.getHttpServer().prependListener('request', (_request, response) => {
    clock.start();
    response.once('close', () => clock.stop());
  });
  const { accessToken } = await signedIn(url);
  const columns = {
    'GET users/me': await run(url, MANY, { path: '/v1/users/me', token: accessToken }),
    'POST 1 KB, refused': await run(url, MANY, { path: '/v1/auth/login', body: order }),
    'POST sign-in': await run(url, isQuick ? 10 : 100, { path: '/v1/auth/login', body: ADMIN }),
  };
  const kinds = Object.values(columns);
  // the last kind of request meets the most stages, in their order
  const stages = new Set(kinds.toReversed().flatMap((samples) => Array.from(samples.keys())));
  const rows = Array.from(stages, (stage) => [stage].concat(kinds.map(cell(stage))));
  rows.sort(([one], [other]) => rank(one) - rank(other));
  printTable(
    'pipeline: µs a request spends in each stage',
    ['stage', ...Object.keys(columns)],
    rows,
  );
} finally {
  await app.close();
  rmSync(directory, { recursive: true, force: true });
}

/** The stages' samples of one kind of request, after a warm-up. */
async function run(url, amount, { path, token, body }) {
  const requests = [
    {
      method: body ? 'POST' : 'GET',
      path,
      headers: {
        origin: ORIGIN,
        'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    },
  ];
  const send = (count) => autocannon({ url, requests, amount: count, connections: 1, workers: 1 });
  await send(amount);
  clock.takeSamples();
  const { errors } = await send(amount);
  if (errors > 0) throw new Error(`${errors} requests to ${path} failed.`);
  return clock.takeSamples();
}

async function signedIn(url) {
  const answer = await fetch(`${url}/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ADMIN),
  });
  return answer.json();
}

function cell(stage) {
  return (samples) => (samples.has(stage) ? round(median(samples.get(stage))) : '');
}

/** The rest and the sum come last. */
function rank(stage) {
  return stage === TOTAL ? 2 : stage === REST ? 1 : 0;
}
