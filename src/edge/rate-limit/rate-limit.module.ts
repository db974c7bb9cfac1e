import { Module } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { RateLimitCounters } from './counters.js';
import { RateLimitGuard } from './rate-limit.guard.js';

@Module({ providers: [RateLimitCounters], exports: [RateLimitCounters] })
class CountersModule {}

@Module({
  imports: [
    CountersModule,
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
  providers: [RateLimitGuard],
  exports: [CountersModule],
})
export class RateLimitModule {}
