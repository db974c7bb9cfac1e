// How the service is started for a comparison, and what its callers need.
import { Client } from 'pg';

export const ADMIN = { email: 'admin@localhost.test', password: 'administrator of the bench' };

const ROOMY = '100000000/15m';

/** As it comes, with limits that count and refuse nobody; access lines are written. */
export function aerieEnvironment(DATA_DIR) {
  return {
    NODE_ENV: 'test',
    LOG_LEVEL: 'info',
    PORT: '0',
    DATA_DIR,
    ADMIN_PASSWORD: ADMIN.password,
    RATE_LIMIT_AUTH: ROOMY,
    RATE_LIMIT_LOGIN: ROOMY,
    RATE_LIMIT_API: ROOMY,
    SLOWDOWN_AFTER: '100000000',
  };
}

/** The administrator's token, and the keys by which others can read it. */
export async function signIn(url) {
  const answer = await fetch(`${url}/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ADMIN),
  });
  const { accessToken: token } = await answer.json();
  const keySet = await (await fetch(`${url}/.well-known/jwks.json`)).json();
  return { token, keySet };
}

/** Adds accounts with the administrator's password: many people sign in, and not one many times. */
export async function addAccounts(connectionString, count) {
  const client = new Client({ connectionString });
  await client.connect();
  const { rows } = await client.query(
    `INSERT INTO users (id, email, password_hash, email_verified_at, updated_at)
     SELECT gen_random_uuid(), 'ada-' || n || '@example.com', password_hash, now(), now()
     FROM users, generate_series(1, $1) AS n WHERE role = 'admin'
     RETURNING email, password_hash`,
    [count],
  );
  await client.end();
  return { emails: rows.map(({ email }) => email), passwordHash: rows[0].password_hash };
}
