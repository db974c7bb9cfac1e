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
      leaveToo(true);
    });
    expect(line.length).toBe(3);
    leave(true);
    await Promise.all(waiting);
    expect(order).toEqual([1, 2, 3]);
    expect(line.length).toBe(0);
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
    others[0]!(true);
    await next; // though the other came first
    expect(line.length).toBe(1);
    stuck[0]!(true);
    await more;
    expect(line.length).toBe(0);
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
    leave(true);
    await patient;
  });

  it('is left by whoever runs out of time', async () => {
    const line = new Line(1, 10);
    const leave = await line.enter(NOBODY);
    await expect(line.enter(visitor(performance.now() + 20))).rejects.toThrow(TooLate);
    leave(true);
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

  it('is sent away as a whole', async () => {
    const line = new Line(1, 10);
    const leave = await line.enter(NOBODY);
    const waiting = [1, 2, 3].map(() => line.enter(NOBODY));
    line.dismiss(new Error('closed'));
    for (const one of await Promise.allSettled(waiting)) expect(one.status).toBe('rejected');
    leave(true);
    await line.enter(NOBODY);
  });

  it('gives a place up once, however often it is said, and listens to nobody afterwards', async () => {
    const line = new Line(1, 10);
    const leave = await line.enter(NOBODY);
    const waiting = visitor();
    const entered = line.enter(waiting);
    leave(true);
    leave(true);
    await entered;
    expect(waiting.listeners.size).toBe(0);
    const blocked = line.enter(NOBODY);
    expect(line.length).toBe(1);
    (await entered)(true);
    await blocked;
  });
});

const STANDS_MS = 300;

/** One of a kind at work, and two in line. */
async function three(kind: string) {
  vi.useFakeTimers({ toFake: ['performance'] });
  const line = new Line(2, 10);
  const first = await line.enter(visitor(Infinity, kind));
  const second = line.enter(visitor(Infinity, kind));
  const third = line.enter(visitor(Infinity, kind));
  return { line, first, second, third };
}

afterEach(() => void vi.useRealTimers());

describe('the delay of a crowd', () => {
  it('is how long the first of a kind has waited while others of it are done', async () => {
    const { line, first, second } = await three('a');
    vi.advanceTimersByTime(100);
    first(true);
    vi.advanceTimersByTime(150);
    expect(line.crowdDelayMs).toBe(250);
    (await second)(true);
    vi.advanceTimersByTime(150);
    expect(line.crowdDelayMs).toBe(0); // nobody waits any more
  });

  it('is none where nothing is done: for a lock, say, it does not help to let fewer in', async () => {
    const { line, first, second } = await three('a');
    vi.advanceTimersByTime(STANDS_MS);
    expect(line.crowdDelayMs).toBe(0);
    first(false); // it ran out of time
    await second;
    expect(line.crowdDelayMs).toBe(0);
  });

  it('does not count what was waited for a lock when that is gone', async () => {
    const { line, first } = await three('a');
    vi.advanceTimersByTime(STANDS_MS);
    first(true);
    vi.advanceTimersByTime(100);
    expect(line.crowdDelayMs).toBe(100);
  });

  it('is none for those whom others keep out that stand', async () => {
    const { line } = await three('a');
    await line.enter(visitor(Infinity, 'b'));
    void line.enter(visitor(Infinity, 'c')); // there is no place left
    vi.advanceTimersByTime(STANDS_MS);
    expect(line.crowdDelayMs).toBe(0);
  });

  it('has nothing to do with work that no request waits for', async () => {
    const { line } = await three(NOBODY.kind);
    vi.advanceTimersByTime(100);
    expect(line.crowdDelayMs).toBe(0);
  });
});

describe('kinds that stand', () => {
  it('have half of the places together, and all of them again when they move', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const line = new Line(8, 20);
    const enter = (kind: string) => line.enter(visitor(Infinity, kind));
    const stuck = [await enter('a'), await enter('a'), await enter('b'), await enter('b')];
    vi.advanceTimersByTime(STANDS_MS);
    const admitted: string[] = [];
    for (const kind of ['a', 'b', 'b', 'c', 'd', 'd']) {
      void enter(kind).then(() => admitted.push(kind));
    }
    await vi.waitFor(() => expect(admitted).toEqual(['c', 'd', 'd']));
    stuck[2]!(false);
    await vi.waitFor(() => expect(admitted).toEqual(['c', 'd', 'd', 'a'])); // who came first
    stuck[3]!(true); // b moves, and has all that are free
    await vi.waitFor(() => expect(admitted).toEqual(['c', 'd', 'd', 'a', 'b', 'b']));
    expect(line.length).toBe(0);
  });

  it('go on standing when all of theirs run out of time at once', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const line = new Line(8, 20);
    const enter = (kind: string) => line.enter(visitor(Infinity, kind));
    const atWork = await Promise.all(['a', 'a', 'a', 'a', 'b', 'b', 'b', 'b'].map(enter));
    for (const kind of ['a', 'a', 'a', 'b', 'b', 'b']) void enter(kind);
    vi.advanceTimersByTime(STANDS_MS);
    for (const leave of atWork.slice(0, 4)) leave(false);
    expect(line.length).toBe(5); // one may show whether it still stands
  });

  it('are known again when none of theirs is at work', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const line = new Line(2, 10);
    const leave = await line.enter(visitor(Infinity, 'a'));
    vi.advanceTimersByTime(STANDS_MS);
    const next = line.enter(visitor(Infinity, 'b')); // a has half already, and b does not stand
    leave(false);
    await next;
    await line.enter(visitor(Infinity, 'a'));
    expect(line.length).toBe(0);
  });
});
