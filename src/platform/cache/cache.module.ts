import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { openFieldCipher } from '../encryption/encryption-keys.js';
import { RedisConnection } from '../redis/redis-connection.js';
import { HealthParts } from '../telemetry/health-parts.js';
import { Metrics } from '../telemetry/metrics.js';
import { Monitor } from '../telemetry/monitor.js';
import { runbook } from '../telemetry/runbooks.js';
import { CacheSignals, showSize } from './cache-signals.js';
import { Cache, NoCache } from './cache.js';
import { RedisTier } from './redis-tier.js';
import { RowCaches } from './row-caches.js';
import { TagVersions } from './tag-versions.js';
import { TieredCache } from './tiered-cache.js';

@Global()
@Module({
  providers: [
    RowCaches,
    {
      provide: Cache,
      useFactory: openCache,
      inject: [Config, Database, RedisConnection, Metrics, HealthParts, Monitor],
    },
  ],
  exports: [Cache, RowCaches],
})
export class CacheModule {}

function openCache(
  config: Config,
  database: Database,
  redis: RedisConnection,
  metrics: Metrics,
  health: HealthParts,
  monitor: Monitor,
): Cache {
  const maxBytes = config.CACHE_MAX_BYTES;
  if (maxBytes === 0) {
    health.add('cache', () => ({ status: 'healthy', storage: 'off' }));
    return new NoCache();
  }
  const signals = new CacheSignals(metrics);
  monitor.addSeries('cacheHitRatio', () => signals.takeHitRatio());
  const cache = new TieredCache({
    maxBytes,
    transactions: database,
    tags: new TagVersions(redis),
    signals,
    ...(redis.isConfigured && {
      redisTier: new RedisTier({ redis, cipher: openFieldCipher(config) }),
    }),
  });
  showSize(metrics, cache);
  health.add('cache', () => ({
    status: redis.state === 'degraded' ? 'degraded' : 'healthy',
    storage: redis.state,
    runbook: runbook('redis-away'),
    ...cache.size,
  }));
  return cache;
}
