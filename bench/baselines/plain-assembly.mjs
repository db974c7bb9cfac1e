// What the documentation of Nest adds up to: Express, helmet, the throttler with its own storage,
// nestjs-pino, a ValidationPipe; each as it comes. The limit is high, so that it counts and refuses
// nobody.
import { Controller, Get, Module, ValidationPipe } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import helmet from 'helmet';
import { Logger, LoggerModule } from 'nestjs-pino';
import { serve } from '../side-by-side/child.mjs';
import { decorate } from './decorate.mjs';
import { SMALL_ANSWER } from './small-answer.mjs';

const ONE_MINUTE_MS = 60_000;

class SmallController {
  answer() {
    return SMALL_ANSWER;
  }
}
decorate(SmallController, [Get('small')], 'answer');
decorate(SmallController, [Controller('v1')]);

class AppModule {}
decorate(AppModule, [
  Module({
    imports: [
      LoggerModule.forRoot(),
      ThrottlerModule.forRoot([{ ttl: ONE_MINUTE_MS, limit: 100_000_000 }]),
    ],
    controllers: [SmallController],
    providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }],
  }),
]);

const app = await NestFactory.create(AppModule, { bufferLogs: true });
app.useLogger(app.get(Logger));
app.use(helmet());
app.useGlobalPipes(new ValidationPipe({ whitelist: true, transform: true }));
await app.listen(0, '127.0.0.1');
serve({ url: await app.getUrl() });
