import { text } from 'node:stream/consumers';
import { request as httpRequest } from 'node:http';
import { Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '#platform/config/load-config';
import { ProblemFilter } from '#platform/errors/problem.filter';
import type { Log } from '#platform/logging/log';
import { fake } from '../../../test/fake.js';
import { takeUploads } from './take-uploads.js';
import type { Upload } from './upload.js';
import { FileSent, TakesUpload } from './uploads.decorators.js';

const MEGABYTE = 1_048_576;
const FIFTY = 50 * MEGABYTE;
/** Of the upload at hand: what has been sent, what has been read, and the most that lay between. */
const progress = { sent: 0, read: 0, mostBetween: 0 };

@Controller()
class Archives {
  @TakesUpload({ types: ['application/gzip'] })
  @Post('archives')
  async count(@FileSent() upload: Upload): Promise<{ bytes: number; name: string | null }> {
    let bytes = 0;
    for await (const chunk of upload.read()) {
      bytes += chunk.length;
      progress.read = bytes;
      progress.mostBetween = Math.max(progress.mostBetween, progress.sent - bytes);
      await new Promise((resolve) => setImmediate(resolve)); // slower than its client
    }
    return { bytes, name: upload.name };
  }

  @Post('json')
  json(): string {
    return 'ok';
  }
}

@Module({ controllers: [Archives] })
class ArchivesModule {}

let app: NestFastifyApplication;
let url: string;
beforeAll(async () => {
  const { config } = loadConfig({ NODE_ENV: 'test' }, '/dev/null');
  const adapter = new FastifyAdapter();
  takeUploads(adapter.getInstance(), config, (socket) => socket.destroy());
  app = await NestFactory.create<NestFastifyApplication>(ArchivesModule, adapter, {
    logger: false,
  });
  app.useGlobalFilters(new ProblemFilter(config, fake<Log>({ error: () => undefined })));
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});
afterAll(() => app.close());

/** Sends a gzip file of that length, in pieces of 64 KB; with its length, or chunked. */
function send(bytes: number, isSized: boolean): Promise<{ status?: number; body: string }> {
  const piece = Buffer.alloc(65_536);
  const headers = { 'content-type': 'application/gzip' };
  const request = httpRequest(`${url}/archives`, {
    method: 'POST',
    headers: isSized ? { ...headers, 'content-length': bytes } : headers,
  });
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      text(response).then((body) => resolve({ status: response.statusCode, body }), reject);
    });
    let left = bytes;
    const write = () => {
      while (left > 0) {
        const next = piece.subarray(0, Math.min(left, piece.length));
        if (left === bytes) next.set([0x1f, 0x8b, 0x08]);
        left -= next.length;
        progress.sent += next.length;
        if (!request.write(next)) return void request.once('drain', write);
      }
      request.end();
    };
    write();
  });
}

async function post(path: string, type: string): Promise<number> {
  const headers = { 'content-type': type };
  const { status } = await fetch(url + path, { method: 'POST', headers, body: '{}' });
  return status;
}

describe('a route that takes uploads', () => {
  it.each([true, false])(
    'takes fifty megabytes (length said: %s) no faster than it is read',
    async (isSized) => {
      Object.assign(progress, { sent: 0, read: 0, mostBetween: 0 });
      const { status, body } = await send(FIFTY, isSized);
      expect({ status, body }).toEqual({ status: 201, body: `{"bytes":${FIFTY},"name":null}` });
      expect(progress.read).toBe(FIFTY);
      expect(progress.mostBetween).toBeLessThan(16 * MEGABYTE); // in buffers of both sockets
    },
  );

  it('takes not a byte more', async () => {
    expect((await send(FIFTY + 1, false)).status).toBe(413);
  });

  it('takes files and nothing else, and others take none', async () => {
    expect(await post('/archives', 'application/json')).toBe(415);
    expect(await post('/archives', 'image/png')).toBe(415);
    expect(await post('/json', 'application/gzip')).toBe(415);
    expect(await post('/json', 'application/json')).toBe(201);
  });
});
