import { Injectable } from '@nestjs/common';
import { Logger, type PinoLogger } from 'nestjs-pino';
import { Log } from './log.js';

const FRAMEWORK_CHATTER = new Set([
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestFactory',
]);

/**
 * Nest's own lines, and those of `new Logger('Orders')`, through the same log: the context is the
 * module. What Nest says of every module and route is for debugging.
 */
@Injectable()
export class FrameworkLogger extends Logger {
  constructor(log: Log) {
    super(new ByContext(log) as unknown as PinoLogger, { renameContext: CONTEXT });
  }

  override log(message: unknown, ...rest: unknown[]): void {
    if (FRAMEWORK_CHATTER.has(String(rest.at(-1)))) super.debug(message, ...rest);
    else super.log(message, ...rest);
  }
}

const CONTEXT = 'context';

type Fields = Readonly<Record<string, unknown>>;
type Method = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** What nestjs-pino writes to: the log of the context that each line names. */
class ByContext {
  readonly trace = this.writer('trace');
  readonly debug = this.writer('debug');
  readonly info = this.writer('info');
  readonly warn = this.writer('warn');
  readonly error = this.writer('error');
  readonly fatal = this.writer('fatal');

  constructor(private readonly log: Log) {}

  private writer(method: Method) {
    return ({ [CONTEXT]: context, ...fields }: Fields, ...rest: unknown[]): void => {
      const log = typeof context === 'string' ? this.log.of(context) : this.log;
      Reflect.apply(log[method], log, [fields, ...rest]);
    };
  }
}
