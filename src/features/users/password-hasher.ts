import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { Config } from '#platform/config/config';
import { ClientGone } from '#platform/errors/problems';
import { CallerGone, TooLate } from '#platform/resilience/caller';
import { Line, LineFull } from '#platform/resilience/line';
import { currentCaller } from '#platform/telemetry/request-context';
import { TooManySignIns } from './users.problems.js';

/** How many threads libuv has: https://nodejs.org/api/cli.html#uv_threadpool_sizesize. */
const THREADS = Number(process.env['UV_THREADPOOL_SIZE']) || 4;
const WAITING_HASHES = 512;
/** They all do the same work. */
const ALL = 1;

/**
 * argon2id, RFC 9106. Hashes run on libuv's threads, as many at once as there are cores, and
 * on all threads but one, so that a burst of sign-ins leaves the event loop and the file system their share. None is made for who has gone,
 * or whose time is over.
 */
@Injectable()
export class PasswordHasher {
  private readonly line = new Line(
    hashesAtOnce(availableParallelism(), THREADS),
    WAITING_HASHES,
    ALL,
  );
  private readonly options;
  /** A hash of nobody's password: refusing an unknown account takes as long as a wrong password. */
  private readonly nobody: Promise<string>;

  constructor(config: Config) {
    this.options = {
      memoryCost: config.PASSWORD_HASH_MEMORY_KIB,
      timeCost: config.PASSWORD_HASH_PASSES,
      parallelism: 1,
    };
    this.nobody = this.hash(crypto.randomUUID());
  }

  hash(password: string): Promise<string> {
    return this.inLine(() => hash(password, this.options));
  }

  /** Whether the password belongs to the hash; always false, and as slow, for no hash. */
  async matches(password: string, passwordHash: string | null): Promise<boolean> {
    const against = passwordHash ?? (await this.nobody);
    const isMatch = await this.inLine(() => verify(against, password));
    return isMatch && passwordHash !== null;
  }

  /** Whether the hash was made with other parameters than those configured now. */
  isOutdated(passwordHash: string): boolean {
    const { memoryCost, timeCost, parallelism } = this.options;
    return !passwordHash.startsWith(
      `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`,
    );
  }

  private async inLine<T>(work: () => Promise<T>): Promise<T> {
    const leave = await this.line.enter(currentCaller()).catch((error: unknown) => {
      throw refusalOf(error);
    });
    try {
      return await work();
    } finally {
      leave();
    }
  }
}

/** One thread is left for files and names, which a burst of hashes would keep waiting. */
export function hashesAtOnce(cores: number, threads: number): number {
  return Math.max(1, Math.min(cores, threads - 1));
}

function refusalOf(error: unknown): unknown {
  if (error instanceof CallerGone) return new ClientGone({ cause: error });
  const isTooMany = error instanceof LineFull || error instanceof TooLate;
  return isTooMany ? new TooManySignIns({ cause: error, retryAfterSeconds: 5 }) : error;
}
