import { Readable } from 'node:stream';
import { Controller, Get, HttpException, Module, StreamableFile } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load-config.js';
import { createLog } from '../logging/log.js';
import { defineProblem, problemCatalogue } from './problem.js';
import { ProblemFilter } from './problem.filter.js';
import { DatabaseUnavailable } from './problems.js';

const SECRET = 'SELECT secret FROM /srv/internal.ts';

@Controller()
class Failing {
  @Get('error')
  error() {
    throw new Error(SECRET);
  }
  @Get('text')
  text() {
    // eslint-disable-next-line no-throw-literal, typescript/only-throw-error
    throw SECRET;
  }
  @Get('nothing')
  nothing() {
    // eslint-disable-next-line no-throw-literal, typescript/only-throw-error
    throw undefined;
  }
  @Get('rejected')
  rejected() {
    return Promise.reject(new Error(SECRET));
  }
  @Get('stream')
  stream() {
    const parts = Readable.from(
      (function* () {
        yield 'first part';
        throw new Error(SECRET);
      })(),
    );
    return new StreamableFile(parts);
  }
  @Get('nest')
  nest() {
    throw new HttpException('not for you', 403);
  }
  @Get('gone')
  gone() {
    throw new HttpException('not for you', 410);
  }
  @Get('outage')
  outage() {
    throw new DatabaseUnavailable({ retryAfterSeconds: 1.2, cause: new Error(SECRET) });
  }
}

@Module({ controllers: [Failing] })
class FailingModule {}

async function start(environment: string): Promise<[NestFastifyApplication, string[], string]> {
  const lines: string[] = [];
  const production = { NODE_ENV: environment, DATABASE_URL: 'embedded', LOG_LEVEL: 'info' };
  const { config } = loadConfig({ ...production, ...KEYS }, '/dev/null');
  const log = await createLog(config, { write: (line) => void lines.push(line) });
  const app = await NestFactory.create<NestFastifyApplication>(
    FailingModule,
    new FastifyAdapter(),
    {
      logger: false,
    },
  );
  app.useGlobalFilters(new ProblemFilter(config, log));
  await app.listen(0, '127.0.0.1');
  return [app, lines, await app.getUrl()];
}

const KEY = 'MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g'; // RFC 8032, test 1: not a secret
const KEYS = {
  JWT_SIGNING_KEYS: KEY,
  ENCRYPTION_KEYS: `a:${Buffer.alloc(32, 1).toString('base64')}`,
};
let app: NestFastifyApplication;
let lines: string[];
let url: string;
beforeAll(async () => {
  [app, lines, url] = await start('production');
});
afterAll(() => app.close());

describe('whatever is thrown', () => {
  it.each(['error', 'text', 'nothing', 'rejected'])('%s ends in an opaque 500', async (path) => {
    const response = await fetch(`${url}/${path}`);
    expect(response.status).toBe(500);
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    const body = await response.text();
    expect(body).not.toContain('SELECT');
    expect(body).not.toContain('internal.ts');
    expect(JSON.parse(body)).toMatchObject({ type: '/docs/problems/internal', status: 500 });
  });

  it('is logged with its cause and the request’s id', () => {
    const line = lines.map((text) => JSON.parse(text) as Record<string, unknown>)[0];
    expect(line).toMatchObject({ level: 'error', requestId: expect.any(String) });
    expect(JSON.stringify(line)).toContain('SELECT secret');
  });

  it('a stream that breaks half-way breaks the connection, rather than look complete', async () => {
    const response = await fetch(`${url}/stream`);
    await expect(response.text()).rejects.toThrow(/terminated|aborted/);
  });

  it.each([
    ['nest', 403, 'authorisation'],
    ['gone', 410, 'refused'],
  ])(
    'what Nest throws for a client keeps its status and its words: %s',
    async (path, status, slug) => {
      const response = await fetch(`${url}/${path}`);
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({
        type: `/docs/problems/${slug}`,
        status,
        detail: 'not for you',
      });
    },
  );

  it('an outage says when to come back, in whole seconds', async () => {
    const response = await fetch(`${url}/outage`);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
  });

  it('shows its stack in development only', async () => {
    const [development, , address] = await start('development');
    try {
      const body = (await (await fetch(`${address}/error`)).json()) as { stack?: string };
      expect(body.stack).toContain('SELECT secret');
    } finally {
      await development.close();
    }
  });
});

describe('the catalogue', () => {
  it('holds the eight families', () => {
    const families = [400, 401, 403, 404, 409, 429, 503, 502];
    const statuses = [...problemCatalogue.values()].map(({ status }) => status);
    expect(statuses).toEqual(expect.arrayContaining(families));
  });

  it('has one meaning for a name', () => {
    expect(() => defineProblem('conflict', 409, 'again')).toThrow(/defined twice/);
  });
});
