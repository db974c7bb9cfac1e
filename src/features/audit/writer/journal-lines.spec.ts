import { describe, expect, it } from 'vitest';
import { pendingEvent } from '../../../../test/audit-events.js';
import { lineOf, readLines } from './journal-lines.js';

const events = [1, 2, 3].map(pendingEvent);
const lines = events.map(lineOf);

describe('the lines of the journal', () => {
  it('give back the events that were written', () => {
    expect(readLines(lines.join(''))).toEqual({ events, damaged: [], isTorn: false });
    expect(readLines('')).toEqual({ events: [], damaged: [], isTorn: false });
  });

  it('give back all but the last, cut off at whatever byte of it', () => {
    const whole = Buffer.from(lines.join(''));
    const start = Buffer.byteLength(lines[0]! + lines[1]!);
    for (let end = start + 1; end < whole.length; end++) {
      const read = readLines(whole.subarray(0, end).toString('utf8'));
      expect(read).toEqual({ events: events.slice(0, 2), damaged: [], isTorn: true });
    }
  });

  it('tell every damage in the middle, and give back the others', () => {
    const middle = Buffer.from(lines[1]!);
    for (let at = 0; at < middle.length - 1; at += 7) {
      const damaged = Buffer.from(middle);
      damaged[at] = damaged[at]! ^ 1;
      if (damaged[at] === 0x0a) continue;
      const read = readLines(lines[0]! + damaged.toString('utf8') + lines[2]!);
      expect(read.events).toEqual([events[0], events[2]]);
      expect(read.damaged).toHaveLength(1);
    }
  });
});
