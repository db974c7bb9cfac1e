import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * Stands between the service and a server, and breaks the line in the ways that lines break: frozen
 * (nothing passes, all is kept), black hole (nothing passes, all is lost), slow, refused, cut, half
 * open, and led to another server.
 */
export class TcpProxy {
  /** Connections that were taken since the start. */
  accepted = 0;
  #host;
  #targetPort;
  #port = 0;
  #server;
  /** @type {'pass' | 'frozen' | 'black hole'} */
  #mode = 'pass';
  #delayMs = 0;
  #pairs = new Set();

  /** @param {URL} target */
  constructor(target) {
    this.lead(target);
  }

  /**
   * Opens one on a free port of 127.0.0.1.
   *
   * @param {URL} target
   */
  static async to(target) {
    const proxy = new TcpProxy(target);
    await proxy.#open();
    return proxy;
  }

  /**
   * The same URL by way of the proxy.
   *
   * @param {URL} target
   * @returns {string}
   */
  url(target) {
    const url = new URL(target);
    url.hostname = '127.0.0.1';
    url.port = String(this.#port);
    return url.href;
  }

  /** How many connections are open. */
  get open() {
    return this.#pairs.size;
  }

  /** Lets everything through again, at full speed. */
  async pass() {
    this.#mode = 'pass';
    this.#delayMs = 0;
    if (!this.#server) await this.#open();
    for (const pair of this.#pairs) for (const socket of pair) socket.resume();
  }

  /** Nothing passes. New connections are still accepted, as the kernel does for a stopped process. */
  freeze() {
    this.#mode = 'frozen';
    for (const pair of this.#pairs) for (const socket of pair) socket.pause();
  }

  /** What is sent disappears, and nobody is told: of the connections, too, that are open by now. */
  swallow() {
    this.#mode = 'black hole';
    for (const [, upstream] of this.#pairs) upstream.destroy();
  }

  /**
   * Each answer arrives so much later, in order.
   *
   * @param {number} ms
   */
  slow(ms) {
    this.#delayMs = ms;
  }

  /** Cuts every connection and takes no more. */
  async refuse() {
    const server = this.#server;
    this.#server = undefined;
    this.cut();
    if (server) {
      server.close();
      await once(server, 'close');
    }
  }

  /** Resets every open connection. */
  cut() {
    for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy();
    this.#pairs.clear();
  }

  /**
   * New connections lead to another server; those that are open stay where they are, as when a name
   * changes its address.
   *
   * @param {URL} target
   */
  lead(target) {
    this.#host = target.hostname;
    this.#targetPort = Number(target.port || 5432);
  }

  async close() {
    await this.refuse();
  }

  async #open() {
    this.#server = createServer((client) => this.#join(client));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = this.#server.address().port;
  }

  #join(client) {
    this.accepted++;
    const upstream = connect(this.#targetPort, this.#host);
    const pair = [client, upstream];
    this.#pairs.add(pair);
    client.on('data', (chunk) => {
      if (this.#mode !== 'black hole') upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (this.#mode !== 'black hole') this.#later(() => client.write(chunk));
    });
    for (const [one, other] of [pair, pair.toReversed()]) {
      one.on('error', () => this.#later(() => other.destroy()));
      one.on('close', () => {
        // in a black hole the end of one side is not heard of on the other
        if (one === upstream && this.#mode === 'black hole') return;
        this.#later(() => other.destroy());
        this.#pairs.delete(pair);
      });
    }
    if (this.#mode === 'frozen') for (const socket of pair) socket.pause();
  }

  /**
   * Timers of one length fire in the order in which they were set.
   *
   * @param {() => void} act
   */
  #later(act) {
    if (this.#delayMs === 0) act();
    else setTimeout(act, this.#delayMs);
  }
}
