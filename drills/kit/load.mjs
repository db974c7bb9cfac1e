import { Agent, request as send } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

const MOST_SENT = 20_000;
const MOST_UNDER_WAY = 500;
const LONGEST_MS = 30_000;

/**
 * Requests at a steady rate, whether or not those before are answered, each of them recorded. Only
 * ever to this machine, and in bounded number.
 *
 * What a request is: `{ kind, id?, method?, path, headers?, body? }`; what is recorded of it:
 * `{ kind, id, sentAt, tookMs, status, retryAfter, problem }`, times on the clock of
 * `performance.now()`, and the status 0 when there was no answer.
 */
export class Load {
  records = [];
  #url;
  #next;
  #pauseMs;
  #mostUnderWay;
  #agent;
  #underWay = new Set();
  #isEnding = false;
  #running;

  /**
   * `next(number)` says what to send as the n-th request. While `mostUnderWay` have no answer, no more
   * are sent: with few of them the rate is only as high as the service keeps up with.
   */
  constructor({ url, perSecond, next, mostUnderWay = MOST_UNDER_WAY }) {
    this.#url = new URL(url);
    if (!['127.0.0.1', 'localhost', '[::1]'].includes(this.#url.hostname)) {
      throw new Error(`a load is only ever put on this machine, not on ${this.#url.hostname}`);
    }
    this.#next = next;
    this.#pauseMs = 1_000 / perSecond;
    this.#mostUnderWay = mostUnderWay;
    this.#agent = new Agent({ keepAlive: true, maxSockets: mostUnderWay });
  }

  start() {
    this.#running = this.#run();
    return this;
  }

  /** Sends no more, and resolves when all that was sent is answered or given up. */
  async stop() {
    this.#isEnding = true;
    await this.#running;
    await Promise.all(this.#underWay);
    this.#agent.destroy();
    return this.records;
  }

  async #run() {
    const start = performance.now();
    for (let number = 0; number < MOST_SENT && !this.#isEnding; number++) {
      const waitMs = start + number * this.#pauseMs - performance.now();
      if (waitMs > 1) await delay(waitMs);
      if (this.#underWay.size >= this.#mostUnderWay) continue;
      const call = this.#record(this.#next(number)).finally(() => this.#underWay.delete(call));
      this.#underWay.add(call);
    }
  }

  async #record({ kind, id = '', ...what }) {
    const sentAt = performance.now();
    const answer = await ask(this.#url, what, this.#agent);
    const { status, retryAfter, problem } = answer;
    const tookMs = performance.now() - sentAt;
    this.records.push({ kind, id, sentAt, tookMs, status, retryAfter, problem });
  }
}

/**
 * One request, whose path is encoded; never throws. `{ status, retryAfter, problem, body }`, with the
 * status 0 and the error's code as problem when there was no answer. It costs little, since it shares
 * the machine with whom it asks: no signal for each request, and a body is parsed for who wants it.
 */
export function ask(base, { method = 'GET', path, headers = {}, body }, agent) {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve) => {
    const { protocol, hostname, port } = base instanceof URL ? base : new URL(base);
    const request = send(
      {
        protocol,
        host: hostname.replace(/^\[|\]$/g, ''), // of IPv6
        port,
        path,
        method,
        agent,
        headers: { ...(text !== undefined && { 'content-type': 'application/json' }), ...headers },
      },
      (response) => {
        let received = '';
        response.setEncoding('utf8').on('data', (chunk) => (received += chunk));
        response.on('error', () => end({ status: 0, problem: 'cut off', body: {} }));
        response.on('end', () => end(new Answer(response, received)));
      },
    );
    const timer = setTimeout(() => request.destroy(new Error('too late')), LONGEST_MS);
    const end = (answer) => {
      clearTimeout(timer);
      resolve(answer);
    };
    request.on('error', ({ code, message }) =>
      end({ status: 0, problem: code ?? message, body: {} }),
    );
    request.end(text);
  });
}

class Answer {
  #received;

  constructor({ statusCode, headers }, received) {
    this.#received = received;
    this.status = statusCode;
    this.retryAfter = headers['retry-after'];
    this.problem = statusCode >= 400 ? String(this.body.type ?? '') : '';
  }

  get body() {
    return jsonOf(this.#received);
  }
}

/** What a table says of records: how many were sent and answered, how, and the slowest. */
export function summaryOf(records) {
  const answered = records.filter(({ status }) => status !== 0);
  const count = (matches) => answered.filter(({ status }) => matches(status)).length;
  return {
    sent: records.length,
    answered: answered.length,
    '2xx': count((status) => status >= 200 && status < 300),
    '503s': count((status) => status === 503),
    other: count((status) => status >= 300 && status !== 503),
    'slowest ms': Math.round(Math.max(0, ...records.map(({ tookMs }) => tookMs))),
  };
}

/**
 * How long after `mendedAt` requests still failed, in milliseconds: the last failure that was sent
 * after it, 0 when there was none. Infinity when nothing succeeded afterwards.
 */
export function recoveryMs(records, mendedAt) {
  const after = records.filter(({ sentAt }) => sentAt >= mendedAt);
  const lastFailure = Math.max(
    mendedAt,
    ...after.filter((record) => !isGood(record)).map(({ sentAt }) => sentAt),
  );
  const isBack = after.some((record) => isGood(record) && record.sentAt >= lastFailure);
  return isBack ? lastFailure - mendedAt : Infinity;
}

/** Whether a record is of a request that was answered as it should be when all is well. */
export function isGood({ status }) {
  return status >= 200 && status < 300;
}

function jsonOf(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
