import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** As it came. */
  readonly body: string;
}

/** Something on this machine that takes what is posted to it, and answers as the test says. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  private readonly server: Server;

  constructor(
    private readonly answer: (response: ServerResponse, received: Received) => void = (response) =>
      response.end(),
  ) {
    this.server = createServer((request, response) => void this.take(request, response));
  }

  /** Listens and returns the address. */
  async start(port = 0): Promise<string> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What came for a path, parsed. */
  messages<T>(path: string): T[] {
    const there = this.received.filter((each) => each.path === path);
    return there.map(({ body }) => JSON.parse(body) as T);
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const received = { path: request.url!, headers: request.headers, body };
    this.received.push(received);
    this.answer(response, received);
  }
}
