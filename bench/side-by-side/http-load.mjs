// The load on the programs: autocannon, in a process of its own, which this file is when it is forked.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';

export class HttpLoad {
  #child = fork(fileURLToPath(import.meta.url));

  /**
   * Sends the requests in turn, over and over, for that many seconds or, as `amount`, that many.
   * Throws when one is answered with anything but 2xx, or not at all.
   */
  async run(options) {
    this.#child.send(options);
    const [{ calls, seconds, failed, error }] = await once(this.#child, 'message');
    if (error) throw new Error(error);
    if (failed > 0)
      throw new Error(`${failed} of ${calls + failed} requests failed: ${options.url}`);
    return { calls, seconds };
  }

  stop() {
    this.#child.kill();
  }
}

/** As autocannon wants a request. */
export function request({ path, method = 'GET', token, body }) {
  const headers = { 'user-agent': BROWSER };
  if (token) headers.authorization = `Bearer ${token}`;
  if (body) headers['content-type'] = 'application/json';
  return { path, method, headers, ...(body && { body: JSON.stringify(body) }) };
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.send) {
  process.on('message', (options) => {
    autocannon(options).then(
      (result) =>
        process.send({
          calls: result['2xx'],
          seconds: result.duration,
          failed: result.non2xx + result.errors + result.timeouts,
        }),
      (error) => process.send({ error: error.stack }),
    );
  });
}
