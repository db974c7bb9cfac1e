import { request as send } from 'node:http';

let senders = 0;

/** A registration that is sent by half, and its other half when it is told to finish. */
export class SlowSender {
  /** Resolves when the first half has left. */
  isUnderWay;
  /** @type {Promise<number>} of the answer, 0 when there was none */
  status;
  #request;
  #rest;

  constructor(url) {
    const email = `slow-${process.pid}-${++senders}@example.com`;
    const body = JSON.stringify({ email, password: 'correct horse battery staple' });
    const half = Math.floor(body.length / 2);
    this.#rest = body.slice(half);
    this.#request = send(new URL('/v1/auth/register', url), {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json', 'content-length': body.length },
    });
    this.status = new Promise((resolve) => {
      this.#request.on('response', (response) => {
        response.resume();
        response.on('error', () => resolve(0));
        response.on('end', () => resolve(response.statusCode));
      });
      this.#request.on('error', () => resolve(0));
    });
    this.isUnderWay = new Promise((resolve) => {
      this.#request.write(body.slice(0, half), resolve);
    });
  }

  finish() {
    this.#request.end(this.#rest);
  }
}
