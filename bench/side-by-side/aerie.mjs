// The service as it is built, on a database of its own, with two routes added as a user adds them: the
// smallest there can be, and one that makes an API key without the bound of 25 a user. Everything else
// is as app.ts wires it; logs go to standard output, limits count and are set high.
import { Body, Controller, Get, Post } from '@nestjs/common';
import { SMALL_ANSWER } from '../baselines/small-answer.mjs';
import { decorate, describe } from '../baselines/decorate.mjs';
import { fromDist } from '../../scripts/command-line.mjs';
import { wrapHooks } from '../hooks.mjs';
import { callsWithin, serve } from './child.mjs';

const { createApp, prepare } = await fromDist('app.js');
const { AppModule } = await fromDist('app.module.js');
const { Caller, Public } = await fromDist('edge/access/access.decorators.js');
const { RateLimitGuard } = await fromDist('edge/rate-limit/rate-limit.guard.js');
const { UserLimitGuard } = await fromDist('edge/rate-limit/user-limit.guard.js');
const { RequestGuard } = await fromDist('edge/request-guard/request-guard.guard.js');
const { hashSecret, makeApiKey } = await fromDist('features/api-keys/api-key-format.js');
const { ApiKeyView, NewApiKey } = await fromDist('features/api-keys/api-keys.dto.js');
const { ApiKeysRepository } = await fromDist('features/api-keys/api-keys.repository.js');
const { AuditService } = await fromDist('features/audit/audit.service.js');
const { RowCache } = await fromDist('platform/cache/row-cache.js');
const { loadConfig } = await fromDist('platform/config/load-config.js');
const { Database } = await fromDist('platform/database/database.js');
const { openEngine } = await fromDist('platform/database/database.module.js');
const { listen } = await fromDist('platform/lifecycle/listen.js');
const { createLog } = await fromDist('platform/logging/log.js');
const { currentRequest } = await fromDist('platform/telemetry/request-context.js');
const { v7: uuidv7 } = await import('uuid');

const ONE_DAY_MS = 86_400_000;

/** A controller with the smallest route there can be. */
function makeController(path) {
  class SmallController {
    answer() {
      return SMALL_ANSWER;
    }
  }
  decorate(SmallController, [Public(), Get()], 'answer');
  return decorate(SmallController, [Controller(path)]);
}

class KeysController {
  constructor(keys, audit, database) {
    Object.assign(this, { keys, audit, database });
  }

  async create({ userId }, { name, scopes = ['account:read'], expiresInDays = 90 }) {
    const { prefix, secret } = makeApiKey();
    const createdAt = new Date();
    const added = await this.database.transaction(async () => {
      const row = await this.keys.insert({
        id: uuidv7(),
        userId,
        name,
        prefix,
        secretHash: hashSecret(secret),
        scopes,
        createdAt,
        expiresAt: new Date(createdAt.getTime() + expiresInDays * ONE_DAY_MS),
      });
      await this.audit.record('api_key.created', {
        subject: row.id,
        metadata: { prefix, scopes: scopes.join(' '), expiresAt: row.expiresAt.toISOString() },
      });
      return row;
    });
    return ApiKeyView.of(added);
  }
}
describe(KeysController, [ApiKeysRepository, AuditService, Database], {
  create: [Object, NewApiKey],
});
Caller()(KeysController.prototype, 'create', 0);
Body()(KeysController.prototype, 'create', 1);
decorate(KeysController, [Post()], 'create');
decorate(KeysController, [Controller('keys')]);

// each has a module that sees what it needs
const { ApiKeysModule } = await fromDist('features/api-keys/api-keys.module.js');
addController(AppModule, makeController('small'));
addController(ApiKeysModule, KeysController);
for (let n = 0; n < Number(process.env.MORE_ROUTES ?? 0); n++) {
  addController(AppModule, makeController(`more-${n}`));
}

// each request as the first of its user: rows are read anew, but not twice for one request
if (process.env.WITHOUT_CACHE) {
  const known = new WeakMap();
  RowCache.prototype.get = (id, read) => {
    const request = currentRequest();
    if (!request) return read();
    const rows = known.get(request) ?? new Map();
    known.set(request, rows);
    if (!rows.has(id)) rows.set(id, read());
    return rows.get(id);
  };
}

const leaveOut = process.env.SWITCHABLE ? makeSwitchable() : undefined;

const loaded = loadConfig(process.env, '/dev/null');
const { config } = loaded;
const log = await createLog(config);
const app = await createApp({ ...loaded, log, engine: await openEngine(config) });
const url = await listen(app, config);
await prepare(app);

const audit = app.get(AuditService);
const record = (n) =>
  audit.record('auth.sessions_ended', { subject: `subject ${n}`, metadata: { sessions: n } });

serve({
  url,
  leaveOut,
  measure: (seconds) => callsWithin(seconds, Number(process.env.AT_ONCE), record),
});

/** For the bench `switches`: stages that can be passed without a stop; returns what says which. */
function makeSwitchable() {
  let left = '';
  wrapHooks(
    (stage, hook) =>
      function switched(...args) {
        return stage === left ? args.at(-1)() : hook.apply(this, args);
      },
  );
  const guards = {
    'rate limit (address, account)': RateLimitGuard,
    'request guard': RequestGuard,
    'rate limit (user)': UserLimitGuard,
  };
  for (const [stage, { prototype }] of Object.entries(guards)) {
    const { canActivate } = prototype;
    prototype.canActivate = function switched(context) {
      return stage === left || canActivate.call(this, context);
    };
  }
  return (stage) => {
    left = stage;
  };
}

function addController(module, controller) {
  const known = Reflect.getMetadata('controllers', module) ?? [];
  Reflect.defineMetadata('controllers', [...known, controller], module);
}
