import { ask, json, Problem } from './problem.js';
import { authorization, renew } from './session.js';

const LATE = new Set(['invalid-token', 'authentication']);

/** Asks with the sign-in of this tab, and once more with a new token when the old one is refused. */
export async function call(path, options = {}) {
  const signed = () => ({
    ...options,
    headers: { ...options.headers, authorization: authorization() },
  });
  try {
    return await ask(path, signed());
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401 || !LATE.has(error.kind)) throw error;
    await renew();
    return ask(path, signed());
  }
}

export async function get(path, options) {
  return (await call(path, options)).json();
}

/** Sends, and gives what comes back; null when nothing does. */
export async function send(method, path, body) {
  const response = await call(path, json(method, body));
  return response.status === 204 ? null : response.json().catch(() => null);
}

/** The path with those parameters that have a value. */
export function withQuery(path, parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== '' && value != null);
  const query = new URLSearchParams(given).toString();
  return query ? `${path}?${query}` : path;
}

/** Saves what the path answers as a file, with the name that the service gives it or this one. */
export async function save(path, fallbackName) {
  const response = await call(path);
  const named = /filename="?([^";]+)/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = named ?? fallbackName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
