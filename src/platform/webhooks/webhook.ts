import { signatureOf } from './signature.js';

export interface Webhook {
  readonly url: string;
  /** Shared with the receiver; without one the call is not signed. */
  readonly secret?: string;
}

const TIMEOUT_MS = 10_000;
const USER_AGENT = 'aerie-webhook/1';

/** The receiver was reached and did not take it, or was not reached. Worth another try. */
export class WebhookFailed extends Error {}

/**
 * Posts `message` as JSON and resolves when the receiver has taken it (2xx). Throws `WebhookFailed`
 * otherwise, also on a redirect: what is signed goes where the operator said and nowhere else. Never
 * call it within a request; a job of the queue is the place, since a receiver may be away for hours.
 */
export async function callWebhook({ url, secret }: Webhook, message: object): Promise<void> {
  const body = JSON.stringify(message);
  const { host } = new URL(url); // of the URL only this is fit for a log: the rest may be a secret
  let status: number;
  try {
    const answer = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        'content-type': 'application/json',
        'user-agent': USER_AGENT,
        ...(secret !== undefined && { 'x-signature': signatureOf(body, secret) }),
      },
      body,
    });
    await answer.body?.cancel(); // nobody reads it, and it may have no end
    ({ status } = answer);
  } catch (error) {
    throw new WebhookFailed(`${host} does not answer: ${reasonOf(error)}`);
  }
  if (status < 200 || status > 299) throw new WebhookFailed(`${host} answered ${status}`);
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
