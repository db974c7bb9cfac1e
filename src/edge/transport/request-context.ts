import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Config } from '#platform/config/config';
import type { Caller } from '#platform/resilience/caller';
import { runInContext, userAgentOf } from '#platform/telemetry/request-context';
import type { CountedResponse } from './counted-response.js';

/**
 * Opens the request's context. In `preHandler`, because reading a body loses the context that was
 * opened before it; whatever runs earlier has the request itself at hand. The deadline counts from
 * here too: what came before was the client's time.
 */
export function openRequestContext(server: FastifyInstance, config: Config): void {
  server.addHook('preHandler', (request, reply, done) => {
    const context = {
      requestId: request.id,
      address: request.ip,
      userAgent: userAgentOf(request.headers['user-agent']),
      caller: new Client(
        (reply.raw as CountedResponse).routeLoad?.name ?? '',
        reply.raw,
        performance.now() + config.REQUEST_DEADLINE_MS,
      ),
      isAdmitted: false,
    };
    runInContext(context, done);
  });
}

/** Who waits for the answer. Once it has begun, a stream may take its time, and what goes on behind it too. */
class Client implements Caller {
  private listeners: Set<() => void> | undefined;

  constructor(
    readonly kind: string,
    private readonly reply: FastifyReply['raw'],
    private readonly answerBy: number,
  ) {}

  get deadlineAt(): number {
    return this.reply.headersSent ? Infinity : this.answerBy;
  }

  get hasGone(): boolean {
    return this.reply.destroyed && !this.reply.writableEnded;
  }

  onGone(listener: () => void): () => void {
    const listeners = (this.listeners ??= this.listen());
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Once for all calls of a request: each on its own would be a leak to Node's eyes. */
  private listen(): Set<() => void> {
    const listeners = new Set<() => void>();
    this.reply.once('close', () => {
      if (!this.hasGone) return;
      for (const listener of listeners) listener();
    });
    return listeners;
  }
}
