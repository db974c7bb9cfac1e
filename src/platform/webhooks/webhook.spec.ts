import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { callWebhook, WebhookFailed } from './webhook.js';

const servers: Server[] = [];

async function receiver(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=in-the-url`;
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

describe('a webhook', () => {
  it('is signed over its time and the body as it was sent', async () => {
    const seen: { body: string; signature: unknown; type: unknown }[] = [];
    const url = await receiver((request, response) => {
      const { 'x-signature': signature, 'content-type': type } = request.headers;
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        seen.push({ body, signature, type });
        response.end();
      });
    });
    await callWebhook({ url, secret: 'shared' }, { sequence: '7', text: 'ü' });
    const [{ body, signature, type }] = seen as [(typeof seen)[number]];
    const [, t, v1] = /^t=(\d+),v1=([\da-f]{64})$/.exec(String(signature))!;
    expect(JSON.parse(body)).toEqual({ sequence: '7', text: 'ü' });
    expect(type).toBe('application/json');
    expect(v1).toBe(createHmac('sha256', 'shared').update(`${t}.${body}`).digest('hex'));
    expect(Math.abs(Number(t) - Date.now() / 1_000)).toBeLessThan(60);
  });

  it('follows no redirect', async () => {
    let followed = 0;
    const elsewhere = await receiver((_request, response) => {
      followed++;
      response.end();
    });
    const url = await receiver((_request, response) => {
      response.writeHead(307, { location: elsewhere }).end();
    });
    await expect(callWebhook({ url }, {})).rejects.toThrow(/answered 307/);
    expect(followed).toBe(0);
  });

  it.each([400, 404, 500, 503])('has failed when the receiver answers %i', async (status) => {
    const url = await receiver((_request, response) => response.writeHead(status).end());
    await expect(callWebhook({ url }, {})).rejects.toThrow(WebhookFailed);
  });

  it('says who does not answer, without the rest of the address', async () => {
    const url = await receiver((request) => request.socket.destroy());
    const failure = await callWebhook({ url }, {}).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WebhookFailed);
    expect(String(failure)).toContain('127.0.0.1');
    expect(String(failure)).not.toContain('in-the-url');
  });
});
