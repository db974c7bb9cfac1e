import { beforeAll, expect, it, vi } from 'vitest';

const PAGE = '../src/operations/console/page';

interface Format {
  count(value: number): string;
  percent(ratio: number): string;
}

interface Past {
  history: Record<'5s', { resolutionSeconds: number; endsAtMs: number; series: object }>;
  addTick(point: { endsAt: string; values: Record<string, number> }): void;
}

let format: Format;
let past: Past;

beforeAll(async () => {
  vi.stubGlobal('addEventListener', () => undefined); // of a window, which a test has not
  format = (await import(`${PAGE}/parts/format.js`)) as Format;
  past = (await import(`${PAGE}/app/history.js`)) as Past;
});

it('rounds nothing to nothing: a limit of 0.001 is not told as none', () => {
  expect([0.00123, 0.42, 8.14, 84.4, 1_240, 0].map((value) => format.count(value))).toEqual([
    '0.0012',
    '0.42',
    '8.1',
    '84',
    '1,240',
    '0',
  ]);
  expect([0.00001, 0.0234, 1].map((ratio) => format.percent(ratio))).toEqual([
    '0.001 %',
    '2.3 %',
    '100 %',
  ]);
});

it('knows nothing of the time for which no tick came, and draws no line across it', () => {
  const start = Date.parse('2026-01-01T00:00:00Z');
  const at = (seconds: number) => new Date(start + seconds * 1_000).toISOString();
  past.history['5s'] = { resolutionSeconds: 5, endsAtMs: start, series: { cpuRatio: [0.1] } };
  past.addTick({ endsAt: at(5), values: { cpuRatio: 0.2 } });
  past.addTick({ endsAt: at(20.4), values: { cpuRatio: 0.3, queueWaiting: 4 } });
  expect(past.history['5s'].series).toEqual({
    cpuRatio: [0.1, 0.2, null, null, 0.3],
    queueWaiting: [null, null, null, null, 4],
  });
});
