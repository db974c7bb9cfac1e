import { Module, type DynamicModule } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Log } from '../logging/log.js';
import { Tracing } from '../telemetry/tracing.js';
import { DatabaseMetrics } from './database-metrics.js';
import { Database } from './database.js';
import { openEmbeddedEngine } from './embedded-engine.js';
import type { Engine } from './engine.js';
import { Migrations } from './migrations.js';
import { openServerEngine } from './server-engine.js';

/** Opens what DATABASE_URL names. The embedded database takes its lock here; a server is not called yet. */
export async function openEngine(config: Config): Promise<Engine> {
  const { DATABASE_URL: url } = config;
  return url === undefined || url === 'embedded'
    ? openEmbeddedEngine(config.DATA_DIR)
    : openServerEngine(config, url);
}

@Module({})
export class DatabaseModule {
  static over(engine: Engine): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        {
          provide: Database,
          useFactory: (config: Config, log: Log, tracing: Tracing) =>
            new Database(engine, config, log, tracing),
          inject: [Config, Log, Tracing],
        },
        DatabaseMetrics,
        { provide: Migrations, useFactory: () => new Migrations(engine) },
      ],
      exports: [Database, Migrations],
    };
  }
}
