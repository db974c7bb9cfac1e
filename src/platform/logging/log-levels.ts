import type { LevelName } from './level-names.js';

export interface Levels {
  readonly level: LevelName;
  /** Those of modules that differ from it. */
  readonly modules: Readonly<Record<string, LevelName>>;
}

interface Leveled {
  level: string;
}

/** Bounds what a caller with ever new names could cost. */
const MOST_MODULES = 500;

/**
 * A log for each module, which is a child of the one log with a level of its own: a line below it
 * costs a call of an empty function.
 */
export class LogLevels<Log extends Leveled = Leveled> {
  private readonly logs = new Map<string, Log>();
  private current: Levels;

  constructor(
    private readonly root: Log,
    private readonly configured: LevelName,
    private readonly childOf: (bindings: object, options: { level: LevelName }) => Log,
  ) {
    this.current = { level: configured, modules: {} };
  }

  /** The log under the name of a module, the same each time. */
  of(module: string): Log {
    const known = this.logs.get(module);
    if (known) return known;
    if (this.logs.size >= MOST_MODULES) return this.root;
    const log = this.childOf({ module }, { level: this.levelOf(module) });
    this.logs.set(module, log);
    return log;
  }

  /** The modules whose level can be set. */
  get modules(): string[] {
    return [...this.logs.keys()].toSorted();
  }

  get levels(): Levels {
    return this.current;
  }

  set(levels: Levels): void {
    this.current = levels;
    this.root.level = levels.level;
    for (const [module, log] of this.logs) log.level = this.levelOf(module);
  }

  /** Back to LOG_LEVEL. */
  reset(): void {
    this.set({ level: this.configured, modules: {} });
  }

  private levelOf(module: string): LevelName {
    return this.current.modules[module] ?? this.current.level;
  }
}
