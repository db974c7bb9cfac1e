import { Module } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { TransportModule } from '#edge/transport/transport.module';
import { AdministratorPass } from './administrator-pass.js';
import { RateLimitCounters } from './counters.js';
import { RateLimitGuard } from './rate-limit.guard.js';
import { RateLimits } from './rate-limits.js';
import { RouteTiers } from './route-tiers.js';
import { SlowDown } from './slow-down.js';
import { UserLimitGuard } from './user-limit.guard.js';

@Module({ providers: [RateLimitCounters], exports: [RateLimitCounters] })
class CountersModule {}

@Module({
  imports: [
    CountersModule,
    TransportModule,
    ThrottlerModule.forRootAsync({
      imports: [CountersModule],
      inject: [RateLimitCounters],
      // one entry, so that the guard asks once a request; the guard knows the tier's numbers
      useFactory: (storage: RateLimitCounters) => ({
        storage,
        throttlers: [{ limit: 1, ttl: 1 }],
      }),
    }),
  ],
  providers: [AdministratorPass, RateLimits, RouteTiers, SlowDown, RateLimitGuard, UserLimitGuard],
  exports: [CountersModule],
})
export class RateLimitModule {}
