import { get } from 'node:http';

/** Listens to the stream of events to its end. */
export class Reader {
  /** Resolves when it hears the first event. */
  isUnderWay;
  /** @type {Promise<string>} what it heard last, and how the stream ended */
  lastWords;

  constructor(url, token) {
    let text = '';
    let begin;
    this.isUnderWay = new Promise((resolve) => (begin = resolve));
    this.lastWords = new Promise((resolve) => {
      const finish = (how) => {
        begin();
        const reason = /event: bye\ndata: {"reason":"([^"]*)"}/.exec(text)?.[1];
        resolve(`${reason ? `bye ${reason}` : 'no bye'}, ${how}`);
      };
      const headers = { authorization: `Bearer ${token}`, connection: 'close' };
      get(new URL('/hardening/events', url), { headers }, (response) => {
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
          begin();
        });
        response.on('error', ({ message }) => finish(message));
        response.on('end', () => finish('end'));
      }).on('error', ({ message }) => finish(message));
    });
  }
}
