/** What stands in a drill's way on this machine; told in one sentence, exit code 2. */
export class CannotRun extends Error {}

/**
 * What a drill is given: how it is to run, where to write down what it found, and the certainty that
 * whatever it starts is ended.
 *
 * @typedef {object} DrillOptions
 * @property {boolean} [isShort] a form for CI: the same faults, for less long
 * @property {string} [databaseUrl] a PostgreSQL to use instead of one of the drill's own
 * @property {string} [redisUrl] a Redis to use instead of one of the drill's own
 * @property {string[]} [parts] what the drill consists of, by name
 * @property {string[]} [only] which of them to run; all when left out
 */
export class Drill {
  /** @type {Record<string, string | number>[]} the lines of the table */
  rows = [];
  /** @type {{ promise: string, isKept: boolean, found: string }[]} */
  promises = [];
  /** @type {string[]} what was left out and why */
  notes = [];
  /** @type {(() => unknown)[]} */
  #endings = [];
  /** @type {Promise<void> | undefined} */
  #end;
  constructor(options = {}) {
    this.options = options;
    this.isShort = options.isShort ?? false;
  }

  /** Whether the part of that name is to be run. */
  isWanted(part) {
    // one that is not named there could not be asked for
    if (!this.options.parts?.includes(part)) throw new Error(`${part} is not among the parts`);
    return this.options.only?.includes(part) ?? true;
  }

  /** Tells whoever waits what is going on. */
  say(text) {
    process.stderr.write(`${text}\n`);
  }

  /** A line of the table. */
  row(row) {
    this.rows.push(row);
  }
  note(text) {
    this.notes.push(text);
  }

  /**
   * Writes down whether a promise was kept, and by what it shows.
   *
   * @param {string} promise a sentence
   * @param {boolean} isKept
   * @param {string | number} [found]
   */
  promise(promise, isKept, found = '') {
    this.promises.push({ promise, isKept, found: String(found) });
  }

  /** Whether all were; who judged none cannot say so. */
  get isKept() {
    return this.promises.length > 0 && this.promises.every(({ isKept }) => isKept);
  }

  /** Runs `end` when the drill is over, in whatever way; what was started last is ended first. */
  endWith(end) {
    this.#endings.push(end);
  }

  /** Ends everything that was started, also when one of the ends fails. */
  end() {
    this.#end ??= this.#endAll();
    return this.#end;
  }

  async #endAll() {
    while (this.#endings.length > 0) {
      try {
        await this.#endings.pop()?.();
      } catch (error) {
        this.say(`an end failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}
