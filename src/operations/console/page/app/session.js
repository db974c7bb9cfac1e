import { ask, json, Problem } from './problem.js';

/** Says that it is worth asking for the cookie, which no script can see. Other tabs hear of it. */
const MARK = 'aerie-console-signed-in';
const RENEW_AT = 0.8;
const RETRY_MS = 5_000;
const ENDED = 'The sign-in has ended.';

const listeners = new Set();
let accessToken;
let renewal;
let timer;

/** Calls back with `in` or `out`, and why, whenever another tab or the service changed it, or `signOut`. */
export function onSession(listener) {
  listeners.add(listener);
}

/** Throws `Problem`; of the kind `second-factor-required` it has the `pendingToken` for `signInWithCode`. */
export function signIn(email, password) {
  return enter('/v1/auth/login', { email, password });
}

export function signInWithCode(pendingToken, code) {
  return enter('/v1/auth/2fa/verify', { pendingToken, code });
}

export function signInWithPasskey(credential) {
  return enter('/v1/auth/passkeys/login/verify', { credential });
}

/** Takes up the sign-in that the cookie holds, if there is one. */
export async function resume() {
  if (localStorage.getItem(MARK) === null) return false;
  await renew();
  return true;
}

/** The bearer of requests; undefined when nobody is signed in. */
export function authorization() {
  return accessToken && `Bearer ${accessToken}`;
}

/** Gets a new access token for the cookie. One at a time, in all tabs: the cookie changes each time. */
export function renew() {
  renewal ??= inTurn(() => ask('/v1/auth/refresh', json('POST', {})))
    .then(take)
    .catch((error) => {
      if (error instanceof Problem && [400, 401, 403].includes(error.status)) forget(ENDED);
      throw error;
    })
    .finally(() => {
      renewal = undefined;
    });
  return renewal;
}

export async function signOut(reason) {
  const headers = { authorization: authorization() };
  forget(reason);
  await ask('/v1/auth/logout', { method: 'POST', headers }).catch(() => undefined);
}

addEventListener('storage', ({ key, newValue }) => {
  if (key !== MARK) return;
  if (newValue === null && accessToken) forget(ENDED);
  if (newValue !== null && !accessToken)
    void renew()
      .then(() => tell('in'))
      .catch(() => undefined);
});

async function enter(path, body) {
  await take(await ask(path, json('POST', { ...body, transport: 'cookie' })));
  localStorage.setItem(MARK, String(Date.now()));
}

async function take(response) {
  const { accessToken: token, expiresInSeconds } = await response.json();
  accessToken = token;
  renewIn(expiresInSeconds * RENEW_AT * 1_000);
}

/** A service that is away for a moment ends no sign-in: it is asked again. */
function renewIn(ms) {
  clearTimeout(timer);
  timer = setTimeout(() => renew().catch(() => accessToken && renewIn(RETRY_MS)), ms);
}

function forget(reason) {
  accessToken = undefined;
  clearTimeout(timer);
  localStorage.removeItem(MARK);
  tell('out', reason);
}

function tell(state, reason) {
  for (const listener of listeners) listener(state, reason);
}

/** Locks are for pages on https or this machine; elsewhere there is no cookie to quarrel about. */
function inTurn(work) {
  return navigator.locks ? navigator.locks.request('aerie-console-renewal', work) : work();
}
