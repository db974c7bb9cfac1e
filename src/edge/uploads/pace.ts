import type { IncomingMessage } from 'node:http';
import type { RefuseRaw } from '../transport/raw-refusal.js';

/** Half of a bad mobile connection. Fifty megabytes take 27 minutes at this rate. */
export const SLOWEST_BYTES_PER_SECOND = 32_768;

interface Watch {
  /** So many bytes have come; the next are not wanted yet. */
  arrived(bytes: number): void;
  /** The next bytes are wanted: from here on the client is waited for. */
  waits(): void;
  stop(): void;
}

/**
 * Cuts off uploads that stop or crawl: while we wait for the client, each stretch of
 * REQUEST_TIMEOUT_MS has to bring what the slowest rate brings in it. A bound on the whole time, as
 * other requests have, would either be too short for an honest slow line or let a stalled one stay.
 */
export class Pace {
  private readonly leastBytes: number;

  constructor(
    private readonly stretchMs: number,
    private readonly refuse: RefuseRaw,
  ) {
    this.leastBytes = (SLOWEST_BYTES_PER_SECOND * stretchMs) / 1_000;
  }

  watch({ socket }: IncomingMessage): Watch {
    let bytes = 0;
    let isWaiting = true;
    const timer = setInterval(() => {
      if (isWaiting && bytes < this.leastBytes) this.refuse(socket, 'ERR_HTTP_REQUEST_TIMEOUT');
      bytes = 0;
    }, this.stretchMs).unref();
    return {
      arrived: (count) => {
        bytes += count;
        isWaiting = false;
      },
      waits: () => (isWaiting = true),
      stop: () => clearInterval(timer),
    };
  }
}
