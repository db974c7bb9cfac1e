import { Module, type DynamicModule } from '@nestjs/common';
import { AccessModule } from '#edge/access/access.module';
import { RateLimitModule } from '#edge/rate-limit/rate-limit.module';
import { TransportModule } from '#edge/transport/transport.module';
import { RequestGuardModule } from '#edge/request-guard/request-guard.module';
import { ApiKeysModule } from '#features/api-keys/api-keys.module';
import { AuditModule } from '#features/audit/audit.module';
import { AuthModule } from '#features/auth/auth.module';
import { PasskeysModule } from '#features/passkeys/passkeys.module';
import { OidcModule } from '#features/oidc/oidc.module';
import { PersonalDataModule } from '#features/personal-data/personal-data.module';
import { PicturesModule } from '#features/pictures/pictures.module';
import { UsersModule } from '#features/users/users.module';
import { AlertsModule } from '#operations/alerts/alerts.module';
import { ConsoleModule } from '#operations/console/console.module';
import { DocsModule } from '#operations/docs/docs.module';
import { HardeningModule } from '#operations/hardening/hardening.module';
import { HealthModule } from '#operations/health/health.module';
import { LiveModule } from '#operations/live/live.module';
import { MetricsModule } from '#operations/metrics/metrics.module';
import { LogLevelsModule } from '#operations/log-levels/log-levels.module';
import { JobsModule } from '#operations/jobs/jobs.module';
import { ScanModule } from '#operations/scan/scan.module';
import { CacheModule } from '#platform/cache/cache.module';
import { ConfigurationModule } from '#platform/config/config.module';
import type { LoadedConfig } from '#platform/config/load-config';
import { DatabaseModule } from '#platform/database/database.module';
import type { Engine } from '#platform/database/engine';
import { FilesModule } from '#platform/files/files.module';
import { LifecycleModule } from '#platform/lifecycle/lifecycle.module';
import type { Log } from '#platform/logging/log';
import { LoggingModule } from '#platform/logging/logging.module';
import { MailModule } from '#platform/mail/mail.module';
import { QueueModule } from '#platform/queue/queue.module';
import { RedisModule } from '#platform/redis/redis.module';
import { TelemetryModule } from '#platform/telemetry/telemetry.module';

export interface Foundation extends LoadedConfig {
  readonly log: Log;
  readonly engine: Engine;
}

/** The table of contents. */
@Module({})
export class AppModule {
  static on({ config, sources, log, engine }: Foundation): DynamicModule {
    return {
      module: AppModule,
      imports: [
        // platform
        ConfigurationModule.of({ config, sources }),
        LoggingModule.of(log),
        LifecycleModule,
        TelemetryModule,
        DatabaseModule.over(engine),
        RedisModule,
        QueueModule,
        MailModule,
        CacheModule,
        FilesModule,
        // edge
        TransportModule,
        RateLimitModule,
        RequestGuardModule,
        AccessModule,
        // features
        AuditModule,
        UsersModule,
        ApiKeysModule,
        AuthModule,
        PasskeysModule,
        OidcModule,
        PicturesModule,
        PersonalDataModule,
        // operations
        MetricsModule,
        AlertsModule,
        HealthModule,
        HardeningModule,
        LogLevelsModule,
        LiveModule,
        ConsoleModule,
        JobsModule,
        ScanModule,
        DocsModule,
      ],
    };
  }
}
