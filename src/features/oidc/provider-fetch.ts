import { Injectable } from '@nestjs/common';
import { bulkhead, circuitBreaker, ConsecutiveBreaker, handleAll, wrap } from 'cockatiel';
import type { CustomFetch } from 'openid-client';
import { ExternalServiceFailed } from '#platform/errors/problems';
import { Log } from '#platform/logging/log';

const MOST_BYTES = 512 * 1_024;
const MOST_AT_ONCE = 50;
const FAILURES_TO_OPEN = 5;
const OPEN_MS = 5_000;

/**
 * How the provider is asked: so many requests at once, no redirect, a bounded answer; and not at all
 * for a while when it has failed several times in a row. Throws `ExternalServiceFailed`.
 */
@Injectable()
export class ProviderFetch {
  private readonly policy;

  constructor(log: Log) {
    const breaker = circuitBreaker(handleAll, {
      halfOpenAfter: OPEN_MS,
      breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
    });
    breaker.onBreak(() => log.error('the OpenID provider is out of order'));
    breaker.onReset(() => log.info('the OpenID provider works again'));
    this.policy = wrap(bulkhead(MOST_AT_ONCE), breaker);
  }

  readonly fetch: CustomFetch = async (url, options) => {
    try {
      return await this.policy.execute(() => ask(url, options));
    } catch (error) {
      throw new ExternalServiceFailed({ cause: error, retryAfterSeconds: OPEN_MS / 1_000 });
    }
  };
}

async function ask(url: string, options: Parameters<CustomFetch>[1]): Promise<Response> {
  const response = await fetch(url, { ...options, redirect: 'manual' });
  // what it refuses is the caller's affair, and no reason to leave the provider alone
  if (response.status >= 500) throw new Error(`the provider answered ${response.status}`);
  const { status, headers } = response;
  return new Response(await bodyOf(response), { status, headers });
}

async function bodyOf({ body }: Response): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    // leaving the loop cancels the rest
    if (size > MOST_BYTES) throw new Error('the answer of the provider is too large');
    chunks.push(chunk);
  }
  return size > 0 ? Buffer.concat(chunks) : null;
}
