/** Where finished lines go. Takes each at once, says what it cannot keep up with, and never throws. */
export interface LogSink {
  write(line: string): void;
  /** Lines that it had to let go. */
  readonly dropped: number;
  /** What is wrong with it, in words; undefined while it works. */
  readonly trouble: string | undefined;
  /** Resolves when all that was written has arrived, or when waiting on is of no use. */
  end(): Promise<void>;
}
