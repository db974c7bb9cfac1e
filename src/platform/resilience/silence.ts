import { passOn } from './caller.js';

/** The other side has not been heard of for too long, although it was asked. */
export class Silence extends Error {}

/** How to tell whether the other side is alive at all. */
export interface Pulse {
  /** When anything last came from it, on the clock of `performance.now()`. */
  lastHeardAt(): number;
  /** Asks it for a sign of life, without waiting for one. */
  ask(): void;
}

/**
 * Runs the work, and rejects with `Silence` when the other side says nothing for `limitMs`: half of
 * it unasked, half of it asked. A call that is merely slow, or waits behind others because this
 * process is busy, is let be: giving up on those would turn a spike of our own into an outage.
 */
export function unlessSilent<T>(work: () => Promise<T>, pulse: Pulse, limitMs: number): Promise<T> {
  const patienceMs = limitMs / 2;
  return new Promise((resolve, reject) => {
    const start = performance.now();
    let timer: NodeJS.Timeout | undefined;
    let askedAt = -Infinity;

    const look = () => {
      if (timer === undefined) return;
      const now = performance.now();
      const heardAt = Math.max(start, pulse.lastHeardAt());
      if (now - heardAt < patienceMs) {
        lookIn(patienceMs - (now - heardAt));
      } else if (askedAt <= heardAt) {
        askedAt = now;
        pulse.ask();
        lookIn(patienceMs);
      } else {
        reject(new Silence(`nothing heard for ${Math.round(now - heardAt)} ms`));
      }
    };
    const lookIn = (ms: number) => {
      // timers run before sockets are read: let what has arrived meanwhile have its turn first
      timer = setTimeout(() => setImmediate(look), ms);
    };
    const stopLooking = () => {
      clearTimeout(timer);
      timer = undefined;
    };
    lookIn(patienceMs);
    passOn(work(), { resolve, reject, clear: stopLooking });
  });
}
