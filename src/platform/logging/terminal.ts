import type { LogSink } from './log-sink.js';

// eslint-disable-next-line no-control-regex
const control = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const NAMES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Coloured one-liners for people: development's form of the log. */
export async function openTerminal(
  customLevels: Readonly<Record<string, number>>,
): Promise<LogSink> {
  const { default: pretty } = await import('pino-pretty');
  const stream = pretty({
    colorize: process.stdout.isTTY,
    customLevels: { ...customLevels },
    customColors: 'security:red,audit:cyan,performance:magenta',
    useOnlyCustomProps: false,
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
    sync: true,
  });
  return {
    write: (line) => void stream.write(`${JSON.stringify(JSON.parse(line, visible))}\n`),
    dropped: 0,
    trouble: undefined,
    end: () => Promise.resolve(),
  };
}

/**
 * Spells out what a terminal would obey: colours, cursor movements, titles, line ends that would
 * pass for lines of the log. Stacks keep theirs, which are shown indented.
 */
export function visible(name: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value.replace(control, (character) =>
    character === '\n' && name === 'stack'
      ? character
      : (NAMES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}
