/**
 * What is there at once, or comes later. On the way of every request a promise for what is known already
 * costs a turn of the queue for each caller above it, and on Node.js 20 what keeps track of contexts besides.
 */
export type Soon<T> = T | Promise<T>;

/** Goes on with it, at once when it is there. */
export function whenThere<T, R>(value: Soon<T>, goOn: (value: T) => Soon<R>): Soon<R> {
  return value instanceof Promise ? value.then(goOn) : goOn(value);
}

/** Both, which were asked for beside each other. */
export function both<A, B>(one: Soon<A>, other: Soon<B>): Soon<[A, B]> {
  const isThere = !(one instanceof Promise || other instanceof Promise);
  return isThere ? [one, other] : Promise.all([one, other]);
}

/** One after the other, and at once as long as none is to be waited for. */
export function inTurn<T>(
  items: readonly T[],
  step: (item: T) => Soon<void>,
  first = 0,
): Soon<void> {
  for (let index = first; index < items.length; index++) {
    const pending = step(items[index]!);
    if (pending instanceof Promise) return pending.then(() => inTurn(items, step, index + 1));
  }
}
