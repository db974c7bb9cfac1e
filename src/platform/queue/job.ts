export interface JobOptions {
  /** How often a run that failed is repeated before the job counts as dead. */
  readonly retryLimit: number;
  /** The pause before the first repetition is once to twice this; each further one is twice as long. */
  readonly retryDelaySeconds: number;
  /**
   * How long a run may take. The job of a process that is gone counts as failed at most a minute after
   * this time, and is tried again after the pause.
   */
  readonly expireInSeconds: number;
  /** How many run at once in one process. */
  readonly concurrency: number;
}

const DEFAULTS: JobOptions = {
  retryLimit: 5,
  retryDelaySeconds: 10,
  expireInSeconds: 300,
  concurrency: 2,
};

/** A kind of job: its name, how it is run, and the type of what it is told. */
export class Job<T extends object> {
  /** Only a type: what a handler of this job is given. */
  declare readonly data: T;

  constructor(
    readonly name: string,
    readonly options: JobOptions,
  ) {}

  /** The queue that keeps what has failed for good. */
  get deadLetters(): string {
    return `${this.name}-dead`;
  }
}

/** Which run it is. */
export interface Run {
  /** The same at every try of the job, so that a second one can be told from a first. */
  readonly id: string;
}

/** Does the work of a job; throws when it is not done. */
export type Handler<T> = (data: T, run: Run) => Promise<void>;

/** What a job is told that needs to be told nothing. */
export type Nothing = Record<string, never>;

/** Defines a kind of job, as a constant beside the code that works on it. */
export function defineJob<T extends object = Nothing>(
  name: string,
  options: Partial<JobOptions> = {},
): Job<T> {
  return new Job<T>(name, { ...DEFAULTS, ...options });
}

/** A handler throws this when to try again cannot help: the job is dead at once. */
export class HopelessJob extends Error {}
