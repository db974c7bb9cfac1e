import { pino, type DestinationStream, type LogFn, type Logger } from 'pino';
import type { Config } from '../config/config.js';
import { openLogFiles } from './log-files.js';
import { LogLevels } from './log-levels.js';
import { lineOf } from './log-line.js';
import { LogOutput } from './log-output.js';
import type { LogSink } from './log-sink.js';
import { plainFields } from './plain-fields.js';
import { StandardOutput } from './standard-output.js';
import { openTerminal } from './terminal.js';

// above `error`, so that no LOG_LEVEL silences what an investigation needs
export const customLevels = { performance: 35, audit: 54, security: 55 } as const;

type CustomLevel = keyof typeof customLevels;

/** The application's logger (pino), and its injection token: `log.info({ orderId }, 'paid')`. */
// eslint-disable-next-line typescript/no-unsafe-declaration-merging
export interface Log extends Logger<CustomLevel> {
  /** The same log under the name of a module, whose level an operator can set. */
  of(module: string): Log;
  readonly moduleLevels: LogLevels<Log>;
  readonly output: LogOutput;
}
export abstract class Log {}

/**
 * Makes the logger: one JSON object a line, coloured one-liners in development. Each line carries
 * the id of its request; secrets are taken out by name and by shape.
 */
export async function createLog(config: Config, stream?: DestinationStream): Promise<Log> {
  const files = openLogFiles(config);
  const output = new LogOutput({
    stdout: stream ? sinkOf(stream) : await standardOutput(config),
    ...(files && { files }),
  });
  const root = pino<CustomLevel>(
    {
      level: config.LOG_LEVEL,
      customLevels,
      base: undefined,
      timestamp: isoTime(),
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (error: unknown) => error }, // plain already
      hooks: { logMethod: writePlain },
    },
    output,
  ) as unknown as Log;
  const levels = new LogLevels<Log>(
    root,
    config.LOG_LEVEL,
    (bindings, options) => root.child(bindings, options) as unknown as Log,
  );
  const log = Object.assign(root, {
    output,
    moduleLevels: levels,
    of: (module: string) => levels.of(module),
    child: plainChild(root),
  });
  files?.onTrouble((trouble) => {
    if (trouble)
      log.error(
        { reason: trouble },
        'the log files cannot be written: lines go to standard output only',
      );
    else log.warn({ dropped: files.dropped }, 'the log files are written again');
  });
  return log;
}

/** Children with plain bindings: pino forgets a formatter of them at the first child. */
function plainChild(root: Log): Log['child'] {
  const child = Reflect.get(root, 'child') as (this: Logger, ...given: object[]) => never;
  return function (this: Logger, bindings: object, options?: object): never {
    return child.call(this, plainFields(bindings), options ?? {});
  };
}

/** As pino's `stdTimeFunctions.isoTime`, with a text made once a millisecond: of a line it is a tenth. */
function isoTime(): () => string {
  let madeAt = -1;
  let text = '';
  return () => {
    const now = Date.now();
    if (now !== madeAt) {
      madeAt = now;
      text = `,"time":"${new Date(now).toISOString()}"`;
    }
    return text;
  };
}

function writePlain(this: Logger, given: unknown[], write: LogFn): void {
  write.apply(this, lineOf(given) as Parameters<LogFn>);
}

async function standardOutput({ NODE_ENV }: Config): Promise<LogSink> {
  return NODE_ENV === 'development' ? openTerminal(customLevels) : new StandardOutput();
}

function sinkOf(stream: DestinationStream): LogSink {
  return {
    write: (line) => stream.write(line),
    dropped: 0,
    trouble: undefined,
    end: () => Promise.resolve(),
  };
}
