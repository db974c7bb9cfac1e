import { Body, Controller, Module, Post } from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Type } from 'class-transformer';
import { IsArray, IsString, ValidateNested } from 'class-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Config } from '#platform/config/config';
import { loadConfig } from '#platform/config/load-config';
import { ProblemFilter } from '#platform/errors/problem.filter';
import type { Log } from '#platform/logging/log';
import { Metrics } from '#platform/telemetry/metrics';
import { SecurityEvents, type SecurityEvent } from '#platform/telemetry/security-events';
import { validationPipe } from '#platform/validation/validation.pipe';
import { fake } from '../../../test/fake.js';
import { BlockedClients } from './blocked-clients.js';
import { AcceptsMarkup, GuardExempt, Raw } from './request-guard.decorators.js';
import { RequestGuard } from './request-guard.guard.js';

class Comment {
  @IsString()
  author: string;

  @AcceptsMarkup()
  @IsString()
  html: string;
}

class Article {
  @IsString()
  title: string;

  @AcceptsMarkup()
  @IsString()
  page: string;

  @Raw()
  @IsString()
  template: string;

  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Comment)
  comments: Comment[];

  @ValidateNested()
  @Type(() => Comment)
  pinned: Comment;
}

@Controller()
class Articles {
  @Post('articles')
  publish(@Body() article: Article): Article {
    return article;
  }

  @GuardExempt()
  @Post('drafts')
  draft(@Body() article: Article): Article {
    return article;
  }
}

@Module({ controllers: [Articles] })
class ArticlesModule {}

const SCRIPT = '<script>alert(1)</script>';
const FRAME = 'see <link rel=stylesheet href=//maps.example/a.css> here';
const SQL = "x' OR 1=1 --";
const comment = { author: 'Ada', html: 'plain' };
const plain = { title: 't', page: 'p', template: 'x', comments: [comment], pinned: comment };

let app: NestFastifyApplication;
let events: SecurityEvent[];
beforeAll(async () => {
  const { config } = loadConfig({ NODE_ENV: 'test' }, '/dev/null');
  const log = fake<Log>({ security: () => undefined });
  const security = new SecurityEvents(log);
  security.onEvent((event) => events.push(event));
  const clients = fake<BlockedClients>({ refuse: () => undefined, count: () => Promise.resolve() });
  app = await NestFactory.create<NestFastifyApplication>(ArticlesModule, new FastifyAdapter(), {
    logger: false,
  });
  app.useGlobalGuards(
    new RequestGuard(new Reflector(), config satisfies Config, security, clients, new Metrics()),
  );
  app.useGlobalPipes(validationPipe());
  app.useGlobalFilters(new ProblemFilter(config, log));
  await app.init();
});
afterAll(() => app.close());

async function post(path: string, changes: object) {
  events = [];
  const body = { ...plain, ...changes };
  const payload = JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'user-agent': 'a test' };
  const answer = await app.inject({ method: 'POST', url: path, payload, headers });
  return { status: answer.statusCode, body: answer.json<typeof body & Record<string, unknown>>() };
}

describe('a field', () => {
  it('that takes markup keeps it, with nothing recorded', async () => {
    const page = `${FRAME}${SCRIPT}`;
    expect(await post('/articles', { page })).toMatchObject({ status: 201, body: { page } });
    expect(events).toEqual([]);
  });

  it('that takes markup takes no other attack', async () => {
    expect(await post('/articles', { page: SQL })).toMatchObject({ status: 403 });
  });

  it('that takes none has active markup below the threshold taken out', async () => {
    const { status, body } = await post('/articles', { title: FRAME });
    expect([status, body.title]).toEqual([201, 'see  here']);
    expect(events).toMatchObject([
      { action: 'security.input_suspicious', metadata: { field: 'body.title', action: 'report' } },
    ]);
  });

  it('that is raw is left alone, not even normalised', async () => {
    const template = `${SCRIPT}${SQL}cafe\u0301\u0007`;
    expect(await post('/articles', { template })).toMatchObject({
      status: 201,
      body: { template },
    });
    expect(events).toEqual([]);
  });

  it('of a nested object or of the objects in a list goes by its own decorators', async () => {
    const good = { author: 'Ada', html: SCRIPT };
    const bad = { author: SCRIPT, html: '' };
    expect((await post('/articles', { comments: [good, good], pinned: good })).status).toBe(201);
    expect((await post('/articles', { comments: [good, bad] })).status).toBe(403);
    expect(events).toMatchObject([{ metadata: { field: 'body.comments.[].author' } }]);
    expect((await post('/articles', { pinned: bad })).status).toBe(403);
    expect(events).toMatchObject([{ metadata: { field: 'body.pinned.author' } }]);
  });

  it('named like a secret is taken as it is and not read', async () => {
    const { status, body } = await post('/articles', { token: SQL });
    expect([status, body['type']]).toEqual([400, '/docs/problems/validation']);
    expect(events).toEqual([]);
  });

  it('whose name is no name is recorded in harmless letters', async () => {
    await post('/articles', { "a' OR 1=1 --": 'x' });
    expect(events).toMatchObject([{ metadata: { field: 'body.a__OR_1_1_--' } }]);
  });
});

describe('a route', () => {
  it('that is exempt takes anything', async () => {
    expect(await post('/drafts', { title: SCRIPT })).toMatchObject({
      status: 201,
      body: { title: SCRIPT },
    });
    expect(events).toEqual([]);
  });
});

describe('one request', () => {
  it('makes one event, with the rules of all its fields and the worst of them', async () => {
    expect(
      (await post('/articles', { title: FRAME, pinned: { author: SQL, html: '' } })).status,
    ).toBe(403);
    expect(events).toHaveLength(1);
    expect(events[0]!.metadata).toMatchObject({
      field: 'body.pinned.author',
      action: 'block',
      rules: expect.stringMatching(/xss-.*sql-/),
    });
    expect(JSON.stringify(events)).not.toContain('OR 1=1 --"');
  });
});
