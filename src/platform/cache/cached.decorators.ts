import { Inject } from '@nestjs/common';
import { durationMs } from '../config/parsers.js';
import { currentRequest } from '../telemetry/request-context.js';
import { Cache } from './cache.js';

type Duration = `${number}${'ms' | 's' | 'm' | 'h'}`;

export interface CachedOptions<Args extends unknown[]> {
  /** How long an answer is good for. */
  readonly ttl: Duration;
  /** How much longer it may be served while its source is out of order. */
  readonly grace?: Duration;
  /** What `Cache.invalidateTags()` makes it untrue by. */
  readonly tags: readonly string[] | ((...args: Args) => readonly string[]);
  /** All that the answer depends on, of the arguments. */
  readonly key?: (...args: Args) => string;
  /**
   * Keeps an answer for each user or tenant apart, as far as the arguments do not say whose it is. Per
   * tenant only what is the same for all its members who may ask; who has no tenant shares with the
   * others who have none.
   */
  readonly per?: 'user' | 'tenant';
}

const CACHE = Symbol('cache');
const CACHED = Symbol('cached');

type Method<Args extends unknown[], T> = (...args: Args) => Promise<T>;
type WithCache = { readonly [CACHE]?: Cache };

/**
 * Keeps what the method returns, which depends on nothing but its `key` (and the user or tenant, with `per`).
 * For methods of providers, and of controllers: there access and limits have decided before.
 */
export function Cached<Args extends unknown[]>(options: CachedOptions<Args>) {
  return <T>(
    target: object,
    method: string,
    descriptor: TypedPropertyDescriptor<Method<Args, T>>,
  ): void => {
    const name = `${target.constructor.name}.${method}`;
    const uncached = descriptor.value!;
    const { tags, key = () => '', per } = options;
    if (uncached.length > 0 && !options.key) throw new Error(`@Cached on ${name} needs a key`);
    const ttlMs = toMs(options.ttl);
    const graceMs = options.grace === undefined ? 0 : toMs(options.grace);

    const cached = function (this: WithCache, ...args: Args): Promise<T> {
      const load = () => uncached.apply(this, args);
      const cache = this[CACHE]; // none where somebody made the object by hand, as a test may
      const owner = ownerOf(per);
      if (!cache || owner === undefined) return load();
      return cache.getOrLoad(
        {
          name,
          key: `${owner}\0${key(...args)}`,
          ttlMs,
          graceMs,
          tags: typeof tags === 'function' ? tags(...args) : tags,
        },
        load,
      );
    };
    for (const each of Reflect.getMetadataKeys(uncached)) {
      Reflect.defineMetadata(each, Reflect.getMetadata(each, uncached), cached);
    }
    Reflect.defineMetadata(CACHED, options, cached);
    descriptor.value = cached;
    Inject(Cache)(target, CACHE);
  };
}

/** How the method is cached, if it is. */
export function cachingOf(method: object): CachedOptions<never[]> | undefined {
  return Reflect.getMetadata(CACHED, method) as CachedOptions<never[]> | undefined;
}

/** Whose the answer is; undefined when that is not known. No two kinds of owner have the same name. */
function ownerOf(per: 'user' | 'tenant' | undefined): string | undefined {
  if (!per) return 'anybody';
  const { actor, tenant } = currentRequest() ?? {};
  if (per === 'user') return actor === undefined ? undefined : `user ${actor}`;
  return tenant === null ? 'no tenant' : tenant === undefined ? undefined : `tenant ${tenant}`;
}

function toMs(duration: Duration): number {
  const ms = durationMs(duration);
  if (ms === undefined) throw new Error(`"${duration}" is no duration such as 10s`);
  return ms;
}
