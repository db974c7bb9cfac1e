import { Module, type DynamicModule } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { FrameworkLogger } from './framework-logger.js';
import { LogTelemetry } from './log-telemetry.js';
import { Log } from './log.js';

@Module({})
export class LoggingModule {
  static of(log: Log): DynamicModule {
    return {
      module: LoggingModule,
      global: true,
      imports: [
        // the access line and the request's context are ours (app.ts): no middleware per request
        LoggerModule.forRoot({ pinoHttp: { logger: log }, useExisting: true, forRoutes: [] }),
      ],
      providers: [{ provide: Log, useValue: log }, FrameworkLogger, LogTelemetry],
      exports: [Log, FrameworkLogger],
    };
  }
}
