/** On whose behalf a call is made: how long they wait, and whether they still do. */
export interface Caller {
  /** What is alike of them: the route that they ask for, say. */
  readonly kind: string;
  /** When waiting is over, on the clock of `performance.now()`; Infinity when it is not limited. */
  readonly deadlineAt: number;
  readonly hasGone: boolean;
  /** Calls the listener once when they go; returns how to stop listening. */
  onGone(listener: () => void): () => void;
}

/** Work that no request waits for. */
export const NOBODY: Caller = {
  kind: 'nobody',
  deadlineAt: Infinity,
  hasGone: false,
  onGone: () => () => undefined,
};

/** Work that a request of that kind only happens to begin, and that others wait for too. */
export const everybody = (kind: string): Caller => ({ ...NOBODY, kind });

/** The same, who will not wait for longer than until then. */
export function until(deadlineAt: number, caller: Caller): Caller {
  return {
    kind: caller.kind,
    deadlineAt: Math.min(deadlineAt, caller.deadlineAt),
    get hasGone() {
      return caller.hasGone;
    },
    onGone: (listener) => caller.onGone(listener),
  };
}

/** The call took longer than it may, or than whoever asked for it can wait. */
export class TooLate extends Error {}

/** Whoever asked for it does not wait for the answer any more. */
export class CallerGone extends Error {}

/** Throws `CallerGone` or `TooLate` when there is nobody to do it for. */
export function refuseIfOver(caller: Caller): void {
  if (caller.hasGone) throw new CallerGone('the caller has gone');
  if (performance.now() >= caller.deadlineAt) throw new TooLate('the deadline is over');
}

/** What comes of the work, or `TooLate` at the limit; the work itself is not stopped. */
export function unlessLate<T>(work: Promise<T>, limitMs: number): Promise<T> {
  if (limitMs === Infinity) return work;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => {
        reject(new TooLate(`not done within ${Math.round(limitMs)} ms`));
      },
      Math.max(0, limitMs),
    );
    passOn(work, { resolve, reject, clear: () => clearTimeout(timer) });
  });
}

interface End<T> {
  readonly resolve: (answer: T) => void;
  readonly reject: (error: unknown) => void;
  readonly clear: () => void;
}

/** Clears up and tells what came of the work; by `finally` it would be four promises more. */
export function passOn<T>(work: Promise<T>, { resolve, reject, clear }: End<T>): void {
  const onAnswer = (answer: T) => {
    clear();
    resolve(answer);
  };
  const onError = (error: unknown) => {
    clear();
    reject(error);
  };
  work.then(onAnswer, onError);
}
