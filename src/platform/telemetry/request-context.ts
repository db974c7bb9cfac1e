import { AsyncLocalStorage } from 'node:async_hooks';
import { redactShapes } from '../logging/secret-shapes.js';
import { everybody, NOBODY, type Caller } from '../resilience/caller.js';

/** Of a header that may be sixteen kilobytes long, what goes into log and trail. */
const LONGEST_USER_AGENT = 512;

/** The header as log and trail take it: bounded, and without what a client put there by mistake. */
export function userAgentOf(header: string | undefined): string | undefined {
  return header === undefined ? undefined : redactShapes(header.slice(0, LONGEST_USER_AGENT));
}

/** What is known of the request at hand, for log lines and audit entries deep below the controller. */
export interface RequestContext {
  readonly requestId: string;
  readonly address: string;
  readonly userAgent: string | undefined;
  /** Until when there is somebody to do it for; nobody in particular when left out. */
  readonly caller?: Caller;
  /** Id of the signed-in user, once the access guard knows. */
  actor?: string;
  /** The tenant of the signed-in user, null for who has none, once the access guard knows. */
  tenant?: string | null;
  /** False until the access guard has let the request in: what is read before is read to decide that. */
  isAdmitted?: boolean;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `work`, and all that it starts, within the context. */
export function runInContext<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

/** The context of the request at hand; undefined outside of one. */
export function currentRequest(): RequestContext | undefined {
  return storage.getStore();
}

/** On whose behalf it is: nobody's, outside of a request. */
export function currentCaller(): Caller {
  return storage.getStore()?.caller ?? NOBODY;
}

/**
 * Runs work that the request at hand only happens to begin, and that others wait for too: it goes on
 * when this one's client has gone or its time is over.
 */
export function forEverybody<T>(work: () => T): T {
  const context = storage.getStore();
  if (!context?.caller) return work();
  return storage.run({ ...context, caller: everybody(context.caller.kind) }, work);
}
