import { ServerResponse, type IncomingMessage } from 'node:http';
import type { RouteLoad } from './route-loads.js';

/** Each stage of a request may wait for its end, and a stream adds several: that is no leak. */
const MOST_LISTENERS = 30;

/** Node's response, which also knows how much of a body it was given to send, streams included. */
export class CountedResponse<
  Request extends IncomingMessage = IncomingMessage,
> extends ServerResponse<Request> {
  bodyBytes = 0;
  /** The id of its request, for who has nothing but the connection. */
  requestId: string | undefined;
  /** The status that Node's own refusal wrote past the route, when it did. */
  refusedWith: number | undefined;
  /** Let in, and not yet answered. */
  isUnderWay = false;
  /** It waits for nothing but time. */
  isSetAside = false;
  /** What is under way of its route, itself included; once Fastify has found that. */
  routeLoad: RouteLoad | undefined;
  /** Called when the answer begins. */
  onHead: (() => void) | undefined;

  constructor(...given: [request: Request]) {
    super(...given); // with whatever else Node hands over
    this.setMaxListeners(MOST_LISTENERS);
  }

  override writeHead(...given: unknown[]): this {
    this.onHead?.();
    return (super.writeHead as (...all: unknown[]) => this)(...given);
  }

  override write(chunk: unknown, ...rest: unknown[]): boolean {
    this.count(chunk, rest[0]);
    return (super.write as (...all: unknown[]) => boolean)(chunk, ...rest);
  }

  override end(...given: unknown[]): this {
    if (given.length > 0) this.count(given[0], given[1]);
    return (super.end as (...all: unknown[]) => this)(...given);
  }

  private count(chunk: unknown, encoding: unknown): void {
    if (this.destroyed || this.writableEnded || !this.hasBody) return;
    if (typeof chunk === 'string') {
      this.bodyBytes += Buffer.byteLength(chunk, encodingOf(encoding));
    } else if (ArrayBuffer.isView(chunk)) this.bodyBytes += chunk.byteLength;
  }

  /** RFC 9110 §6.4.1: an answer to HEAD has none, whatever the handler wrote. */
  private get hasBody(): boolean {
    const { statusCode } = this;
    return this.req.method !== 'HEAD' && statusCode !== 304 && statusCode !== 204;
  }
}

function encodingOf(encoding: unknown): BufferEncoding {
  return typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8';
}
