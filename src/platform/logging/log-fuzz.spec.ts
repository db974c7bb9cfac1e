import { describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load-config.js';
import { createLog, type Log } from './log.js';
import { visible } from './terminal.js';

const LONGEST_LINE = 400_000;
const ROUNDS = 2_000;
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_125);

/** mulberry32: the same values for the same seed. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What ends a line for anybody, or commands a terminal. */
// eslint-disable-next-line no-control-regex
const COMMANDS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e]/;

const PIECES = [
  '\r\n',
  '\n{"level":"security","msg":"forged"}\n',
  '\u001b[31mred\u001b[0m',
  '\u001b]0;title\u0007',
  '\u009b2J',
  '\u0085',
  '\u2028',
  '\u2029',
  '\u202e',
  '\ud800',
  '\udc00',
  '\0',
  '"',
  '\\',
  '\\u0000',
  '","level":"fatal","x":"',
  '}',
  '%s %o %j %%',
  '__proto__',
  'é😀',
  'x'.repeat(500),
];

class Fuzz {
  constructor(private readonly next: () => number) {}

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.next() * items.length)]!;
  }

  text(): string {
    const count = Math.floor(this.next() * 6);
    return Array.from({ length: count }, () =>
      this.next() < 0.7
        ? this.pick(PIECES)
        : String.fromCharCode(Math.floor(this.next() * 0x10_000)),
    ).join('');
  }

  value(depth = 0): unknown {
    const leaf = [
      () => this.text(),
      () => this.text().repeat(300),
      () => this.pick([NaN, Infinity, -0, 1e308, 2 ** 53]),
      () => this.pick([10n ** 30n, -(2n ** 5_000n)]),
      () => this.pick([null, undefined, true, Symbol(this.text()), () => 1]),
      () =>
        this.pick([new Date(NaN), new Date(0), /x/, new URL('http://a/?token=b'), Buffer.alloc(9)]),
      () => hostile(),
      () => new Proxy({}, { ownKeys: () => fail(), get: () => fail() }),
      () => cyclic(),
      () => Object.assign(Object.create(null) as object, { a: this.text() }),
    ];
    const branch = [
      () => Array.from({ length: this.pick([0, 1, 3, 150]) }, () => this.value(depth + 4)),
      () => this.object(depth + 1),
      () => new Error(this.text(), { cause: this.value(depth + 1) }),
      () => new AggregateError([this.value(depth + 1)], this.text()),
      () => new Map([[this.text(), this.value(depth + 1)]]),
      () => new Set([this.value(depth + 1)]),
      () => ({ toJSON: () => this.value(depth + 1) }),
    ];
    return this.pick(depth < 9 && this.next() < 0.5 ? branch : leaf)();
  }

  object(depth: number): object {
    const count = Math.floor(this.next() * 8);
    const names = [
      'level',
      'time',
      'msg',
      'err',
      'requestId',
      '__proto__',
      'constructor',
      'toJSON',
    ];
    return Object.fromEntries(
      Array.from({ length: count }, () => [
        this.next() < 0.4 ? this.pick(names) : this.text(),
        this.value(depth),
      ]),
    );
  }
}

const fail = (): never => {
  throw new Error('not to be read');
};

function hostile(): object {
  return Object.defineProperties(new Error('x'), {
    stack: { get: fail }, // first: it is made of the message
    message: { get: fail, enumerable: true },
    err: { get: fail, enumerable: true },
    toJSON: { value: fail },
  });
}

function cyclic(): object {
  const one: Record<string, unknown> = { name: 'one' };
  one['two'] = { one, list: [one] };
  return one;
}

async function openLog(texts: string[]): Promise<Log> {
  const { config } = loadConfig({ NODE_ENV: 'test', LOG_LEVEL: 'debug' }, '/dev/null');
  return createLog(config, { write: (text) => void texts.push(text) });
}

describe('whatever is logged', () => {
  it(`is one line of one JSON object of bounded length (seed ${SEED})`, async () => {
    const texts: string[] = [];
    const log = await openLog(texts);
    const fuzz = new Fuzz(numbersFrom(SEED));
    const levels = ['error', 'warn', 'info', 'debug', 'security', 'performance', 'audit'] as const;
    for (let round = 0; round < ROUNDS; round++) {
      const level = fuzz.pick(levels);
      const target = fuzz.pick([log, log.of('module')]);
      const write = (...given: unknown[]) => Reflect.apply(target[level], target, given);
      fuzz.pick([
        () => write(fuzz.object(0), fuzz.text()),
        () => write(fuzz.object(0)),
        () => write(fuzz.text(), fuzz.value(), fuzz.value()),
        () => write(fuzz.value()),
        () => write({ err: fuzz.value() }, fuzz.value()),
      ])();
      expect(texts).toHaveLength(round + 1);
      const text = texts.at(-1)!;
      expect(text.length).toBeLessThan(LONGEST_LINE);
      // what ends a line for anybody: JSON takes some of these as they are
      expect(text.slice(0, -1)).not.toMatch(COMMANDS);
      expect(text.endsWith('\n')).toBe(true);
      expect(text.isWellFormed()).toBe(true);
      const line = JSON.parse(text) as Record<string, unknown>;
      expect(line['level']).toBe(level);
      expect(line['time']).toMatch(/^\d{4}-\d\d-\d\dT/);
    }
  });

  it('cannot give the terminal commands or other lines in development', () => {
    const fuzz = new Fuzz(numbersFrom(SEED));
    for (let round = 0; round < ROUNDS; round++) {
      const shown = visible('msg', fuzz.text()) as string;
      expect(shown).not.toMatch(COMMANDS);
    }
    expect(visible('url', '/\u001b[31m')).toBe(String.raw`/\u001b[31m`);
    expect(visible('stack', 'Error: a\r\n    at b\u001b')).toBe('Error: a\\r\n    at b\\u001b');
  });
});
