import { afterEach, describe, expect, it, vi } from 'vitest';
import { CallerGone, NOBODY, TooLate, type Caller } from './caller.js';
import { Line, LineFull } from './line.js';

/** A caller who goes when told to. */
function visitor(deadlineAt = Infinity, kind = 'visitor') {
  const listeners = new Set<() => void>();
  const caller = {
    kind,
    deadlineAt,
    hasGone: false,
    onGone(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    go() {
      caller.hasGone = true;
      for (const listener of listeners) listener();
    },
    listeners,
  };
  return caller satisfies Caller;
}

describe('a line', () => {
  it('admits in the order in which they came, so many at once', async () => {
    const line = new Line(1, 10);
    const order: number[] = [];
    const leave = await line.enter(NOBODY);
    const waiting = [1, 2, 3].map(async (number) => {
      const leaveToo = await line.enter(NOBODY);
      order.push(number);
      leaveToo();
    });
    expect(line.length).toBe(3);
    leave();
    await Promise.all(waiting);
    expect(order).toEqual([1, 2, 3]);
    expect(line.length).toBe(0);
  });

  it('has first the kind of which fewest are at work, then who came first', async () => {
    const line = new Line(4, 10);
    const leaves = [];
    for (const kind of ['a', 'a', 'b', 'c']) leaves.push(await line.enter(visitor(Infinity, kind)));
    const order: string[] = [];
    for (const kind of ['a', 'b', 'c', 'd']) {
      void line.enter(visitor(Infinity, kind)).then(() => order.push(kind));
    }
    for (const leave of leaves) {
      leave();
      await Promise.resolve();
    }
    await admissions();
    expect(order).toEqual(['d', 'a', 'b', 'c']);
  });

  it('leaves half of the places to callers of other kinds, in their order', async () => {
    const line = new Line(4, 10);
    const stuck = [
      await line.enter(visitor(Infinity, 'a')),
      await line.enter(visitor(Infinity, 'a')),
    ];
    const more = line.enter(visitor(Infinity, 'a'));
    const others = [
      await line.enter(visitor(Infinity, 'b')),
      await line.enter(visitor(Infinity, 'c')),
    ];
    const next = line.enter(visitor(Infinity, 'b'));
    expect(line.length).toBe(2);
    others[0]!();
    await next; // though the other came first
    expect(line.length).toBe(1);
    stuck[0]!();
    await more;
    expect(line.length).toBe(0);
  });

  it('has room for half as many of one kind as it has for all', async () => {
    const line = new Line(1, 4);
    await line.enter(NOBODY);
    for (const kind of ['a', 'a', 'b']) void line.enter(visitor(Infinity, kind));
    await expect(line.enter(visitor(Infinity, 'a'))).rejects.toThrow(LineFull);
    void line.enter(visitor(Infinity, 'b'));
    expect(line.length).toBe(4);
  });

  it('takes no more than it has room for', async () => {
    const line = new Line(1, 1);
    await line.enter(NOBODY);
    void line.enter(NOBODY);
    await expect(line.enter(NOBODY)).rejects.toThrow(LineFull);
  });

  it('is left at once by whoever goes, and goes on behind them', async () => {
    const line = new Line(1, 10);
    const leave = await line.enter(NOBODY);
    const impatient = visitor();
    const gone = line.enter(impatient);
    const patient = line.enter(NOBODY);
    impatient.go();
    await expect(gone).rejects.toThrow(CallerGone);
    expect(line.length).toBe(1);
    leave();
    await patient;
  });

  it('is left by whoever runs out of time', async () => {
    const line = new Line(1, 10);
    const leave = await line.enter(NOBODY);
    await expect(line.enter(visitor(performance.now() + 20))).rejects.toThrow(TooLate);
    leave();
    await line.enter(NOBODY);
  });

  it('does not admit whoever is late or gone already', async () => {
    const line = new Line(1, 10);
    const gone = visitor();
    gone.go();
    await expect(line.enter(gone)).rejects.toThrow(CallerGone);
    await expect(line.enter(visitor(performance.now() - 1))).rejects.toThrow(TooLate);
    await line.enter(NOBODY);
  });

  it('does not admit whoever became late while nobody could look at the clock', async () => {
    const line = new Line(1, 10);
    const leave = await line.enter(NOBODY);
    const deadlineAt = performance.now() + 5;
    const late = line.enter(visitor(deadlineAt));
    const patient = line.enter(visitor());
    while (performance.now() < deadlineAt); // busy, as a crowd makes it: no timer comes to its turn
    leave();
    await expect(late).rejects.toThrow(TooLate);
    await patient;
  });

  it('is sent away as a whole', async () => {
    const line = new Line(1, 10);
    const leave = await line.enter(NOBODY);
    const waiting = [1, 2, 3].map(() => line.enter(NOBODY));
    line.dismiss(new Error('closed'));
    for (const one of await Promise.allSettled(waiting)) expect(one.status).toBe('rejected');
    leave();
    await line.enter(NOBODY);
  });

  it('gives a place up once, however often it is said, and listens to nobody afterwards', async () => {
    const line = new Line(1, 10);
    const leave = await line.enter(NOBODY);
    const waiting = visitor();
    const entered = line.enter(waiting);
    leave();
    leave();
    await entered;
    expect(waiting.listeners.size).toBe(0);
    const blocked = line.enter(NOBODY);
    expect(line.length).toBe(1);
    (await entered)();
    await blocked;
  });
});

const STANDS_MS = 300;

afterEach(() => void vi.useRealTimers());

/** Whoever was let in has heard of it. */
const admissions = () => new Promise((resolve) => setImmediate(resolve));

/** A line in a time of its own, which passes when told to. */
function lineInTime(places: number) {
  vi.useFakeTimers({ toFake: ['performance'] });
  const line = new Line(places, 20);
  return { line, enter: (kind: string) => line.enter(visitor(Infinity, kind)) };
}

describe('the delay of a kind', () => {
  it('is how long the first of it has waited', async () => {
    const { line, enter } = lineInTime(2);
    const leave = await enter('a');
    const second = enter('a');
    vi.advanceTimersByTime(100);
    void enter('a');
    vi.advanceTimersByTime(150);
    expect([line.delayMsOf('a'), line.delayMsOf('b')]).toEqual([250, 0]);
    leave();
    await second;
    expect(line.delayMsOf('a')).toBe(150);
    (await second)();
    expect(line.delayMsOf('a')).toBe(0);
  });
});

describe('the delay of a line', () => {
  it('is how long somebody has waited who lacks nothing but a place', async () => {
    const { line, enter } = lineInTime(4);
    const [, , ofB] = await Promise.all(['a', 'a', 'b', 'b'].map(enter));
    void enter('a'); // the share of its kind is taken
    vi.advanceTimersByTime(100);
    expect(line.delayMs).toBe(0);
    void enter('c');
    vi.advanceTimersByTime(50);
    expect(line.delayMs).toBe(50);
    ofB!();
    expect(line.delayMs).toBe(0);
  });
});

describe('kinds that stand', () => {
  it('have half of the places together', async () => {
    const { line, enter } = lineInTime(8);
    const stuck = [await enter('a'), await enter('a'), await enter('b'), await enter('b')];
    vi.advanceTimersByTime(STANDS_MS);
    const admitted: string[] = [];
    for (const kind of ['a', 'b', 'b', 'c', 'd', 'd']) {
      void enter(kind).then(() => admitted.push(kind));
    }
    await admissions();
    expect(admitted).toEqual(['c', 'd', 'd']);
    stuck[2]!();
    await admissions();
    expect(admitted).toEqual(['c', 'd', 'd', 'b']);
    stuck[3]!();
    await admissions();
    expect(admitted).toEqual(['c', 'd', 'd', 'b', 'b']);
    expect(line.length).toBe(1); // there are four of a and b
    stuck[0]!();
    await admissions();
    expect(admitted).toEqual(['c', 'd', 'd', 'b', 'b', 'a']);
  });

  it('are known by a single call that takes long, whatever the others do', async () => {
    const { line, enter } = lineInTime(8);
    await enter('a');
    await enter('b');
    vi.advanceTimersByTime(STANDS_MS);
    for (const kind of ['a', 'b']) (await enter(kind))(); // a lock that lets these pass
    for (const kind of ['a', 'b', 'a', 'b']) void enter(kind);
    expect(line.length).toBe(2);
  });

  it('stand for a moment longer when theirs run out of time in a wave', async () => {
    const { line, enter } = lineInTime(8);
    const atWork = await Promise.all(['a', 'a', 'a', 'a', 'b', 'b', 'b', 'b'].map(enter));
    vi.advanceTimersByTime(STANDS_MS);
    const kinds = ['a', 'a', 'a', 'a', 'b', 'b', 'b', 'b'];
    const waiting = kinds.map(enter);
    for (const leave of atWork) leave();
    expect(line.length).toBe(4);
    (await waiting[0]!)(); // one that is quick, as the look-up before the table that is locked
    expect(line.length).toBe(3);
    vi.advanceTimersByTime(1_000);
    for (const leave of await Promise.all([waiting[1]!, waiting[4]!])) leave(); // long
    expect(line.length).toBe(1);
  });

  it('may have one at work each, which shows whether they still stand', async () => {
    const { line, enter } = lineInTime(8);
    const once = await enter('rare');
    vi.advanceTimersByTime(STANDS_MS);
    once();
    const stuck = await Promise.all(['a', 'a', 'a', 'a'].map(enter));
    vi.advanceTimersByTime(STANDS_MS);
    await enter('rare');
    void enter('rare');
    expect(line.length).toBe(1);
    stuck[0]!();
    expect(line.length).toBe(1); // four that stand
    stuck[1]!();
    expect(line.length).toBe(0);
  });

  it('are forgotten in time', async () => {
    const { line, enter } = lineInTime(8);
    const leave = await enter('a');
    vi.advanceTimersByTime(STANDS_MS);
    leave();
    await Promise.all(['b', 'b', 'b', 'b'].map(enter));
    vi.advanceTimersByTime(1_000);
    await Promise.all(['a', 'a', 'a', 'a'].map(enter));
    expect(line.length).toBe(0);
  });
});
