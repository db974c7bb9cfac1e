// Loaded into the service before everything else: shifts Date, and only Date, by as many milliseconds
// as the file says that DRILL_CLOCK names, whenever SIGUSR2 comes. The monotonic clock and timers go on
// as they do when a machine's clock is set.
import { readFileSync } from 'node:fs';

const RealDate = Date;
let shiftMs = 0;

process.on('SIGUSR2', () => {
  shiftMs = Number(readFileSync(process.env.DRILL_CLOCK, 'utf8'));
  process.stderr.write(`the clock is ${shiftMs} ms off\n`);
});

const now = () => RealDate.now() + shiftMs;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, newTarget) =>
    Reflect.construct(target, given.length > 0 ? given : [now()], newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
