/**
 * A map of bounded size whose entries end at a time of their own, in milliseconds since 1970. When it
 * is full the oldest goes. What is left of an entry's time passes as it does, however the clock is set.
 */
export class ExpiringMap<V> {
  private readonly held = new Map<string, { value: V; endsAt: number }>();

  constructor(private readonly mostEntries: number) {}

  /** Entries that have ended but were not asked for count until they are pushed out. */
  get size(): number {
    return this.held.size;
  }

  get(key: string): { readonly value: V; readonly expiresAt: number } | undefined {
    const entry = this.held.get(key);
    if (!entry) return undefined;
    const { value, endsAt } = entry;
    const msLeft = endsAt - performance.now();
    if (msLeft > 0) return { value, expiresAt: Date.now() + msLeft };
    this.held.delete(key);
    return undefined;
  }

  set(key: string, value: V, expiresAt: number): void {
    if (!this.held.has(key) && this.held.size >= this.mostEntries) {
      this.held.delete(this.held.keys().next().value as string);
    }
    this.held.set(key, { value, endsAt: performance.now() + expiresAt - Date.now() });
  }

  delete(key: string): boolean {
    return this.held.delete(key);
  }

  clear(): void {
    this.held.clear();
  }

  /** What has not ended, the oldest first. */
  entries(): { key: string; value: V; expiresAt: number }[] {
    return [...this.held.keys()].flatMap((key) => {
      const entry = this.get(key);
      return entry ? [{ key, ...entry }] : [];
    });
  }
}
