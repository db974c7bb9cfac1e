import { Injectable } from '@nestjs/common';
import { Config } from '#platform/config/config';
import { Database } from '#platform/database/database';
import { Monitor } from '#platform/telemetry/monitor';

/** How much of the connections to the database is in use, and how long its calls take, as series. */
@Injectable()
export class Saturation {
  constructor(config: Config, database: Database, monitor: Monitor) {
    const { engine } = database.status;
    const most = engine === 'embedded' ? 1 : config.DB_POOL_MAX;
    monitor.addSeries('databasePoolRatio', () => {
      const { open, idle } = database.status.pool;
      return (open - idle) / most;
    });
    monitor.addSeries('databaseWaitingCalls', () => database.status.waiting, 'max');
    const latency = monitor.addLatency('databaseLatency');
    database.onQuery(({ durationMs }) => latency.current.observe(durationMs));
  }
}
