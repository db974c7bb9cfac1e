import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { bulkhead, BulkheadRejectedError } from 'cockatiel';
import { Config } from '#platform/config/config';
import { TooManySignIns } from './users.problems.js';

const WAITING_HASHES = 512;

/**
 * argon2id, RFC 9106. Hashes run on libuv's threads, as many at once as there are cores, so that a
 * burst of sign-ins leaves the event loop and the file system their share.
 */
@Injectable()
export class PasswordHasher {
  private readonly line = bulkhead(availableParallelism(), WAITING_HASHES);
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
    try {
      return await this.line.execute(work);
    } catch (error) {
      if (!(error instanceof BulkheadRejectedError)) throw error;
      throw new TooManySignIns({ cause: error, retryAfterSeconds: 5 });
    }
  }
}
