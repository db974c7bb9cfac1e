/** A stand-in that has only what the test gives it, typed as the whole. */
export function fake<T extends object>(parts: Partial<T> = {}): T {
  return parts as T;
}
