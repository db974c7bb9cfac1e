import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../config/config.js';
import { Log } from '../logging/log.js';
import { problemDocument, toProblem } from './to-problem.js';

/** The end of every failure: whatever was thrown, the client gets one problem and the log its cause. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly showsStack: boolean;

  constructor(
    config: Config,
    private readonly log: Log,
  ) {
    this.showsStack = config.NODE_ENV === 'development';
  }

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = toProblem(thrown);
    const { status, options } = problem;

    if (status >= 500) {
      this.log.error({ err: options.cause ?? problem, requestId: request.id }, problem.title);
    }
    if (reply.raw.headersSent) {
      // a stream broke half-way: the status is gone, so cut the connection rather than end it well
      reply.raw.destroy();
      return;
    }
    if (options.retryAfterSeconds !== undefined) {
      reply.header('retry-after', String(Math.ceil(options.retryAfterSeconds)));
    }
    if (options.allow) reply.header('allow', options.allow.join(', '));
    if (status === 401) reply.header('www-authenticate', 'Bearer');

    const stack = this.showsStack && status === 500 ? stackOf(options.cause) : undefined;
    void reply
      .code(status)
      .header('content-type', 'application/problem+json; charset=utf-8')
      .serializer(JSON.stringify)
      .send({ ...problemDocument(problem, request), ...(stack && { stack }) });
  }
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined;
}
