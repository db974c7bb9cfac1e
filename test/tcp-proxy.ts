import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * Stands between the service and a server, and breaks the line in the ways that lines break:
 * frozen (connections open, nothing passes), refused, cut.
 */
export class TcpProxy {
  private mode: 'pass' | 'frozen' = 'pass';
  private server: Server | undefined;
  private readonly pairs = new Set<[Socket, Socket]>();

  private constructor(
    private readonly host: string,
    private readonly targetPort: number,
    private port: number,
  ) {}

  static async to(target: URL): Promise<TcpProxy> {
    const proxy = new TcpProxy(target.hostname, Number(target.port || 5432), 0);
    await proxy.open();
    return proxy;
  }

  /** The same URL by way of the proxy. */
  url(target: URL): string {
    const url = new URL(target);
    url.hostname = '127.0.0.1';
    url.port = String(this.port);
    return url.href;
  }

  async pass(): Promise<void> {
    this.mode = 'pass';
    if (!this.server) await this.open();
    for (const pair of this.pairs) for (const socket of pair) socket.resume();
  }

  /** New connections are still accepted, as the kernel does for a stopped process. */
  freeze(): void {
    this.mode = 'frozen';
    for (const pair of this.pairs) for (const socket of pair) socket.pause();
  }

  /** Cuts every connection and takes no more. */
  async refuse(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    this.cut();
    if (server) {
      server.close();
      await once(server, 'close');
    }
  }

  /** Resets every open connection. */
  cut(): void {
    for (const pair of this.pairs) for (const socket of pair) socket.resetAndDestroy();
    this.pairs.clear();
  }

  async close(): Promise<void> {
    await this.refuse();
  }

  private async open(): Promise<void> {
    this.server = createServer((client) => this.join(client));
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  private join(client: Socket): void {
    const upstream = connect(this.targetPort, this.host);
    const pair: [Socket, Socket] = [client, upstream];
    this.pairs.add(pair);
    const forward = (from: Socket, to: Socket) => {
      from.on('data', (chunk) => void to.write(chunk));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        to.destroy();
        this.pairs.delete(pair);
      });
    };
    forward(client, upstream);
    forward(upstream, client);
    if (this.mode === 'frozen') for (const socket of pair) socket.pause();
  }
}
