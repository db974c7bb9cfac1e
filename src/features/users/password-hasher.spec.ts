import { describe, expect, it } from 'vitest';
import { loadConfig } from '#platform/config/load-config';
import { ClientGone } from '#platform/errors/problems';
import type { Caller } from '#platform/resilience/caller';
import { runInContext } from '#platform/telemetry/request-context';
import { hashesAtOnce, PasswordHasher } from './password-hasher.js';
import { TooManySignIns } from './users.problems.js';

const hasherWith = (environment: Record<string, string> = {}) =>
  new PasswordHasher(loadConfig(environment, '/dev/null').config);

/** Runs `work` as for a request, whose client goes when told to. */
function asRequest<T>(work: () => T, deadlineAt = Infinity): { result: T; go: () => void } {
  let isGone = false;
  const listeners = new Set<() => void>();
  const caller: Caller = {
    kind: 'request',
    deadlineAt,
    get hasGone() {
      return isGone;
    },
    onGone(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const context = { requestId: '1', address: '127.0.0.1', userAgent: undefined, caller };
  const go = () => {
    isGone = true;
    for (const listener of listeners) listener();
  };
  return { result: runInContext(context, work), go };
}

describe('the password hasher', () => {
  it('makes argon2id with the documented parameters by default', async () => {
    expect(await hasherWith().hash('correct horse')).toMatch(
      /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/,
    );
  });

  it('knows the password again, to the last byte', async () => {
    const hasher = hasherWith({ PASSWORD_HASH_MEMORY_KIB: '8192' });
    const hash = await hasher.hash('correct horse');
    expect(await hasher.matches('correct horse', hash)).toBe(true);
    expect(await hasher.matches('correct horse ', hash)).toBe(false);
    expect(await hasher.matches('correct horse', null)).toBe(false);
  });

  it('sees that a hash was made with other parameters', async () => {
    const weaker = hasherWith({ PASSWORD_HASH_MEMORY_KIB: '8192' });
    const hash = await weaker.hash('correct horse');
    expect(weaker.isOutdated(hash)).toBe(false);
    expect(hasherWith().isOutdated(hash)).toBe(true);
    expect(await hasherWith().matches('correct horse', hash)).toBe(true);
  });

  it('makes none for who has gone or whose time is over, and goes on with who waits', async () => {
    const hasher = hasherWith({ PASSWORD_HASH_MEMORY_KIB: '8192' });
    const hash = () => hasher.hash('correct horse');
    const crowd = Array.from({ length: 40 }, hash); // longer than a moment
    const impatient = asRequest(hash);
    const deadlineAt = performance.now() + 1;
    const late = asRequest(hash, deadlineAt);
    const patient = asRequest(hash);
    impatient.go();
    while (performance.now() < deadlineAt); // no place comes free before
    await expect(impatient.result).rejects.toThrow(ClientGone);
    await expect(late.result).rejects.toThrow(TooManySignIns);
    expect(await patient.result).toMatch(/^\$argon2id/);
    await Promise.all(crowd);
  });

  it.each([
    [1, 4, 1],
    [2, 4, 2],
    [16, 4, 3],
    [16, 64, 16],
    [4, 1, 1],
  ])(
    'leaves files a thread: with %i cores and %i threads it is at %i at once',
    (cores, threads, atOnce) => {
      expect(hashesAtOnce(cores, threads)).toBe(atOnce);
    },
  );

  it('has room for so many, and refuses more', async () => {
    const hasher = hasherWith({ PASSWORD_HASH_MEMORY_KIB: '8192' });
    const hashes = Array.from({ length: 600 }, () => hasher.hash('correct horse'));
    const results = await Promise.allSettled(hashes);
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect(results.length - refused.length).toBeGreaterThanOrEqual(512);
    for (const { reason } of refused as PromiseRejectedResult[])
      expect(reason).toBeInstanceOf(TooManySignIns);
  });
});
