import { Module, type DynamicModule } from '@nestjs/common';
import { Logger, LoggerModule } from 'nestjs-pino';
import { Log } from './log.js';

const FRAMEWORK_CHATTER = new Set([
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestFactory',
]);

/** Nest's own lines through the same logger; what it says of every module and route is for debugging. */
export class FrameworkLogger extends Logger {
  override log(message: unknown, ...rest: unknown[]): void {
    if (FRAMEWORK_CHATTER.has(String(rest.at(-1)))) super.debug(message, ...rest);
    else super.log(message, ...rest);
  }
}

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
      providers: [{ provide: Log, useValue: log }, FrameworkLogger],
      exports: [Log, FrameworkLogger],
    };
  }
}
