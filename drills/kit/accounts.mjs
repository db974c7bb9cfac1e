import { ask } from './load.mjs';
import { ADMINISTRATOR } from './service.mjs';

const PASSWORD = 'correct horse battery staple';

/** Registers so many accounts and signs each in: `{ email, password, token }`. */
export async function makeAccounts(url, count) {
  const accounts = [];
  for (let number = 0; number < count; number++) {
    const credentials = { email: `account-${number}@example.com`, password: PASSWORD };
    await post(url, '/v1/auth/register', credentials, 202);
    accounts.push({ ...credentials, token: await signIn(url, credentials) });
  }
  return accounts;
}

/** The access token of a new session. */
export async function signIn(url, { email, password } = ADMINISTRATOR) {
  return (await post(url, '/v1/auth/login', { email, password }, 200)).accessToken;
}

async function post(url, path, body, expected) {
  const answer = await ask(url, { method: 'POST', path, body });
  if (answer.status === expected) return answer.body;
  throw new Error(`${path} answers ${answer.status}: ${JSON.stringify(answer.body)}`);
}
