import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Checkpoints } from '#features/audit/chain/checkpoints';
import { Database } from '#platform/database/database';
import { SecurityEvents } from '#platform/telemetry/security-events';
import { AuditChain } from '../audit-chain.js';

const AUDIT_CHECKPOINT_WEBHOOK_SECRET = 'shared with the witness';

let witness: Server;
let environment: Record<string, string>;
const received: { body: string; signature: string }[] = [];

beforeAll(async () => {
  witness = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      received.push({ body, signature: String(request.headers['x-signature']) });
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(witness, 'listening');
  const { port } = witness.address() as AddressInfo;
  environment = {
    AUDIT_CHECKPOINT_WEBHOOK_URL: `http://127.0.0.1:${port}/witness`,
    AUDIT_CHECKPOINT_WEBHOOK_SECRET,
  };
});
afterAll(() => {
  witness.closeAllConnections();
  witness.close();
});

it('a witness is sent each checkpoint, signed, and can say later what the chain was', async () => {
  await using chain = await AuditChain.start(environment);
  await chain.record(10);
  await chain.sign();
  const { last } = chain.test.app.get(Checkpoints);
  await vi.waitFor(
    () => expect(received.map(({ body }) => body).join()).toContain(last!.hash),
    60_000,
  );
  for (const { body, signature } of received) {
    const [, t, v1] = /^t=(\d+),v1=([\da-f]{64})$/.exec(signature)!;
    const expected = createHmac('sha256', AUDIT_CHECKPOINT_WEBHOOK_SECRET);
    expect(v1).toBe(expected.update(`${t}.${body}`).digest('hex'));
    const { sequence, hash } = JSON.parse(body) as { sequence: string; hash: string };
    const [entry] = await chain.sql<{ hash: string }>(
      'SELECT hash FROM audit_logs WHERE sequence = $1',
      [sequence],
    );
    expect(entry!.hash).toBe(hash);
  }
});

it('a witness that is away keeps no checkpoint from being made', async () => {
  await using chain = await AuditChain.start({
    ...environment,
    AUDIT_CHECKPOINT_WEBHOOK_URL: 'http://127.0.0.1:1/nobody',
  });
  const { app } = chain.test;
  for (let n = 0; n < 3; n++) {
    await chain.record(1);
    await chain.sign();
    const entries = await chain.entries();
    expect(app.get(Checkpoints).last!.sequence).toBe(entries.at(-1)!.sequence);
  }
  expect(await chain.verify()).toMatchObject({ valid: true });
});

it('what is noticed during a transaction that fails is recorded all the same', async () => {
  await using chain = await AuditChain.start();
  const { app } = chain.test;
  await expect(
    app.get(Database).transaction(async () => {
      app.get(SecurityEvents).report({
        action: 'security.origin_refused',
        metadata: { origin: 'https://elsewhere.example', method: 'GET' },
      });
      throw new Error('rolled back');
    }),
  ).rejects.toThrow('rolled back');
  await chain.verify();
  const actions = (await chain.entries()).map(({ action }) => action);
  expect(actions).toContain('security.origin_refused');
});
