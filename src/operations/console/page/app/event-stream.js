import { authorization, renew } from './session.js';
import { call } from './api.js';

const SILENCE_MS = 20_000;
const PAUSES_MS = [500, 1_000, 2_000, 3_000];

/**
 * Reads server-sent events with the token in a header, which EventSource cannot send, for as long as
 * the signal lets it. Comes back by itself: after a restart, a broken line, or one that fell silent.
 */
export async function readEvents(path, { signal, onEvent, onLost }) {
  let lastEventId;
  let failures = 0;
  const hear = (event) => {
    failures = 0;
    lastEventId = event.id ?? lastEventId;
    onEvent(event.name, event.data);
  };
  while (!signal.aborted) {
    try {
      await readOnce(path, lastEventId, signal, hear);
    } catch (error) {
      onLost(error);
    }
    if (signal.aborted || !authorization()) return;
    await pause(PAUSES_MS[Math.min(failures++, PAUSES_MS.length - 1)], signal);
  }
}

async function readOnce(path, lastEventId, signal, onEvent) {
  const line = new AbortController();
  const hangUp = () => line.abort();
  signal.addEventListener('abort', hangUp, { once: true });
  let watchdog = setTimeout(hangUp, SILENCE_MS);
  try {
    const headers = lastEventId ? { 'last-event-id': lastEventId } : {};
    const { body } = await call(path, { signal: line.signal, headers, cache: 'no-store' });
    const parse = eventParser(onEvent);
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(watchdog);
      watchdog = setTimeout(hangUp, SILENCE_MS);
      if (parse(value) === 'signed-out') await renew(); // the token of the stream has run out
    }
  } finally {
    clearTimeout(watchdog);
    signal.removeEventListener('abort', hangUp);
  }
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html, as far as our service speaks it. */
function eventParser(onEvent) {
  let rest = '';
  return (text) => {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop();
    let goodbye;
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split('\n').map(fieldOf));
      if (fields.data === undefined) continue;
      const data = JSON.parse(fields.data);
      if (fields.event === 'bye') goodbye = data.reason;
      onEvent({ name: fields.event, data, id: fields.id });
    }
    return goodbye;
  };
}

function fieldOf(line) {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
}

function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms * (0.75 + Math.random() / 2));
    signal.addEventListener('abort', () => resolve(clearTimeout(timer)), { once: true });
  });
}
