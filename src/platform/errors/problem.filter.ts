import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../config/config.js';
import { Log } from '../logging/log.js';
import type { Problem } from './problem.js';
import { problemAnswer } from './problem-answer.js';
import { toProblem } from './to-problem.js';

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

    this.note(problem, request.id);
    if (reply.raw.headersSent) {
      // a stream broke half-way: the status is gone, so cut the connection rather than end it well
      reply.raw.destroy();
      return;
    }
    const stack = this.showsStack && status === 500 ? stackOf(options.cause) : undefined;
    const answer = problemAnswer(problem, request, reply);
    void reply.serializer(JSON.stringify).send({ ...answer, ...(stack && { stack }) });
  }

  /** A bug is logged whole. An outage comes many times a second: a line is enough. */
  private note({ status, title, options }: Problem, requestId: string): void {
    if (status === 503) this.log.warn({ requestId, reason: reasonOf(options.cause) }, title);
    else if (status >= 500) this.log.error({ requestId, err: options.cause }, title);
  }
}

function reasonOf(error: unknown): string | undefined {
  return error instanceof Error ? error.message : undefined;
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined;
}
