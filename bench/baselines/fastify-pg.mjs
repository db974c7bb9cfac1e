// Fastify, jose and pg, written by hand for two routes and nothing besides: the account that a token
// names, and a row with its audit entry in one transaction. The same tables and the same tokens as
// the service's; the body is validated by Fastify's own schema.
import { createHash, randomBytes } from 'node:crypto';
import fastify from 'fastify';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { serve } from '../side-by-side/child.mjs';

const { DATABASE_URL, JWKS, ISSUER, AUDIENCE, POOL } = process.env;
const ONE_DAY_MS = 86_400_000;

const pool = new Pool({ connectionString: DATABASE_URL, max: Number(POOL) });
const keys = createLocalJWKSet(JSON.parse(JWKS));
const server = fastify();

/** The id of the user whom the token was made for. */
async function callerOf({ headers }) {
  const token = headers.authorization?.slice('Bearer '.length) ?? '';
  const { payload } = await jwtVerify(token, keys, { issuer: ISSUER, audience: AUDIENCE });
  return payload.sub;
}

const ME = `SELECT id, email, name, role, tenant, email_verified_at IS NOT NULL AS "emailVerified",
  disabled_at IS NOT NULL AS disabled, created_at AS "createdAt" FROM users WHERE id = $1`;

server.get('/v1/users/me', async (request, reply) => {
  const userId = await callerOf(request);
  const { rows } = await pool.query({ name: 'me', text: ME, values: [userId] });
  return rows[0] ?? reply.code(404).send();
});

const INSERT_KEY = `INSERT INTO api_keys
  (id, user_id, name, prefix, secret_hash, scopes, created_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`;
const INSERT_EVENT = `INSERT INTO audit_pending
  (event_id, "time", action, severity, actor, subject, request_id, address, user_agent, metadata)
  VALUES ($1, $2, 'api_key.created', 'notice', $3, $4, $5, $6, $7, $8)`;

const body = {
  type: 'object',
  required: ['name'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 100 },
    scopes: { type: 'array', minItems: 1, maxItems: 7, items: { type: 'string', maxLength: 40 } },
    expiresInDays: { type: 'integer', minimum: 1, maximum: 365 },
  },
};

server.post('/v1/keys', { schema: { body } }, async (request, reply) => {
  const userId = await callerOf(request);
  const { name, scopes = ['account:read'], expiresInDays = 90 } = request.body;
  const [id, prefix] = [uuidv7(), randomBytes(8).toString('hex')];
  const createdAt = new Date();
  const expiresAt = new Date(createdAt.getTime() + expiresInDays * ONE_DAY_MS);
  const secretHash = createHash('sha256').update(randomBytes(32)).digest('hex');
  const metadata = { prefix, scopes: scopes.join(' '), expiresAt };
  const origin = [request.id, request.ip, request.headers['user-agent']];

  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query({
      name: 'key',
      text: INSERT_KEY,
      values: [id, userId, name, prefix, secretHash, scopes, createdAt, expiresAt],
    });
    await client.query({
      name: 'event',
      text: INSERT_EVENT,
      values: [uuidv7(), createdAt, userId, id, ...origin, metadata],
    });
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
  return reply.code(201).send({ id, name, prefix, scopes, createdAt, expiresAt });
});

serve({ url: await server.listen({ port: 0, host: '127.0.0.1' }) });
