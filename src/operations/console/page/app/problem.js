import { duration } from '../parts/format.js';

/** What the service refused with (RFC 9457), or that it did not answer: status 0. */
export class Problem extends Error {
  constructor(status, body = {}, retryAfterSeconds = 0) {
    super(sentenceOf(status, body, retryAfterSeconds));
    this.status = status;
    this.body = body;
  }

  get kind() {
    return String(this.body.type ?? '').replace('/docs/problems/', '');
  }
}

function sentenceOf(status, { title, detail, errors, requestId }, retryAfterSeconds) {
  if (status === 0) return 'The service does not answer.';
  const what = errors?.length > 0 ? errors.map(({ message }) => message).join('; ') : detail;
  const later = retryAfterSeconds > 0 && `Try again in ${duration(retryAfterSeconds)}.`;
  const said = [title ?? `The service answered ${status}.`, what, later].filter(Boolean).join(' ');
  return status >= 500 && requestId ? `${said} (request ${requestId})` : said;
}

/** Asks, and gives the answer when it is one of success. Throws `Problem`. */
export async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, { credentials: 'same-origin', ...options });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0);
  }
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  throw new Problem(response.status, body, Number(response.headers.get('retry-after')));
}

/** The options of a request with a JSON body. */
export function json(method, body) {
  if (body === undefined) return { method };
  return { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}
