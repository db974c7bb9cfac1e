/** A map of bounded size whose entries end at a time of their own. When it is full the oldest goes. */
export class ExpiringMap<V> {
  private readonly held = new Map<string, { value: V; expiresAt: number }>();

  constructor(private readonly mostEntries: number) {}

  /** Entries that have ended but were not asked for count until they are pushed out. */
  get size(): number {
    return this.held.size;
  }

  get(key: string): { readonly value: V; readonly expiresAt: number } | undefined {
    const entry = this.held.get(key);
    if (!entry || entry.expiresAt > Date.now()) return entry;
    this.held.delete(key);
    return undefined;
  }

  set(key: string, value: V, expiresAt: number): void {
    if (!this.held.has(key) && this.held.size >= this.mostEntries) {
      this.held.delete(this.held.keys().next().value as string);
    }
    this.held.set(key, { value, expiresAt });
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
