/** What the smallest route answers, everywhere. */
export const SMALL_ANSWER = Object.freeze({ status: 'ok' });
