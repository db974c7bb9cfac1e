import { FirstAdministrator } from '#features/users/first-administrator';
import { makeDataDirectory } from '#platform/config/data-directory';
import { EffectiveConfig } from '#platform/config/effective-config';
import { loadConfig } from '#platform/config/load-config';
import { openEngine } from '#platform/database/database.module';
import { boundGarbage } from '#platform/lifecycle/bound-garbage';
import { confirmReady, listen } from '#platform/lifecycle/listen';
import { Lifecycle } from '#platform/lifecycle/lifecycle';
import { explainFailure } from '#platform/lifecycle/start-failure';
import { stopListening } from '#platform/lifecycle/stop-listening';
import { stopOnSignals } from '#platform/lifecycle/stop-on-signals';
import { createLog, type Log } from '#platform/logging/log';
import { RedisConnection } from '#platform/redis/redis-connection';
import { createApp, prepare } from './app.js';
import { banner } from './banner.js';

/** The life of the process, from the environment to the signals that end it. */
export async function run(environment: NodeJS.ProcessEnv): Promise<void> {
  boundGarbage();
  let log: Log | undefined;
  let life: Lifecycle | undefined;
  try {
    const loaded = loadConfig(environment);
    const { config } = loaded;
    log = await createLog(config);
    log.info({ config: new EffectiveConfig(loaded).describe() }, 'effective configuration');

    makeDataDirectory(config.DATA_DIR);
    const engine = await openEngine(config);
    const app = await createApp({ ...loaded, log, engine });
    const lifecycle = app.get(Lifecycle);
    life = lifecycle;
    const server = app.getHttpAdapter().getInstance();
    const shutDoor = () => stopListening(app.getHttpServer(), server.addresses().length === 1);
    stopOnSignals({ shutDoor, close: () => app.close(), lifecycle, config, log });

    const address = await listen(app, config);
    log.info({ address }, 'listening, not ready yet');
    const unseenPassword = await prepare(app);
    if (lifecycle.isStopping) return;
    await confirmReady(address, lifecycle, log);
    if (lifecycle.isStopping) return;

    log.info({ address, database: engine.description }, 'ready');
    if (config.NODE_ENV === 'development' || config.NODE_ENV === 'test') {
      const redis = app.get(RedisConnection);
      process.stdout.write(banner({ address, config, engine, redis, unseenPassword }));
    }
    if (unseenPassword) app.get(FirstAdministrator).forget(unseenPassword);
  } catch (error) {
    if (life?.isStopping) return; // it fails because what it stands on is let go of
    process.stderr.write(`\n${explainFailure(error)}\n`);
    await log?.output.end();
    process.exit(1);
  }
}
