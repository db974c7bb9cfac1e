import { pino, type DestinationStream, type Logger } from 'pino';
import type { Config } from '../config/config.js';
import { currentRequest } from '../telemetry/request-context.js';
import { redactedPaths, redactShapes } from './redaction.js';

// above `error`, so that no LOG_LEVEL silences what an investigation needs
const customLevels = { performance: 35, audit: 54, security: 55 } as const;

type CustomLevel = keyof typeof customLevels;

/** The application's logger (pino), and its injection token: `log.info({ orderId }, 'paid')`. */
// eslint-disable-next-line typescript/no-unsafe-declaration-merging
export interface Log extends Logger<CustomLevel> {}
export abstract class Log {}

/**
 * Makes the logger: one JSON object a line, coloured one-liners in development. Each line carries
 * the id of its request; secrets are taken out by name and by shape.
 */
export async function createLog(config: Config, stream?: DestinationStream): Promise<Log> {
  return pino<CustomLevel>(
    {
      level: config.LOG_LEVEL,
      customLevels,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redactedPaths, censor: '[redacted]' },
      hooks: { streamWrite: redactShapes },
      mixin: () => {
        const request = currentRequest();
        return request ? { requestId: request.requestId } : {};
      },
    },
    stream ?? (await standardOutput(config)),
  );
}

async function standardOutput(config: Config): Promise<DestinationStream> {
  if (config.NODE_ENV !== 'development') return pino.destination({ dest: 1, sync: false });
  const { default: pretty } = await import('pino-pretty');
  return pretty({
    colorize: process.stdout.isTTY,
    customLevels,
    customColors: 'security:red,audit:cyan,performance:magenta',
    useOnlyCustomProps: false,
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
    sync: true,
  });
}
