import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Controller, Get, Header, Param, Res, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiExcludeController, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '#edge/access/access.decorators';
import { RateLimit } from '#edge/rate-limit/rate-limit.decorators';
import { projectFile } from '#platform/config/project-file';
import { problemCatalogue, type ProblemDefinition } from '#platform/errors/problem';
import { NotFound } from '#platform/errors/problems';
import { problemType } from '#platform/errors/to-problem';
import { ApiDescription } from './api-description.js';

const PAGE = projectFile('src/operations/docs/page');
const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

/** A closed list: a name from the URL never becomes a path. */
const ASSETS: Readonly<Record<string, { file: string; type: string }>> = {
  'start.js': { file: join(PAGE, 'start.js'), type: 'text/javascript' },
  'swagger-ui.css': { file: join(SWAGGER_UI, 'swagger-ui.css'), type: 'text/css' },
  'swagger-ui-bundle.js': {
    file: join(SWAGGER_UI, 'swagger-ui-bundle.js'),
    type: 'text/javascript',
  },
};

const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The API described: a page for people, a document for tools, an explanation for each problem type. */
@ApiExcludeController()
@Public()
@RateLimit('static')
@Controller({ path: 'docs', version: VERSION_NEUTRAL })
export class DocsController {
  constructor(private readonly api: ApiDescription) {}

  @Header('content-security-policy', PAGE_POLICY)
  @Header('content-type', 'text/html; charset=utf-8')
  @Get()
  page(): Promise<Buffer> {
    return readFile(join(PAGE, 'index.html'));
  }

  @Get('openapi.json')
  document(): OpenAPIObject {
    return this.api.document;
  }

  @Header('cache-control', 'public, max-age=3600')
  @Get('assets/:name')
  async asset(
    @Param('name') name: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const asset = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
    if (!asset) throw new NotFound();
    reply.type(`${asset.type}; charset=utf-8`);
    return readFile(asset.file);
  }

  @Get('problems')
  problems() {
    return { items: [...problemCatalogue.values()].toSorted(bySlug).map(explain) };
  }

  @Get('problems/:slug')
  problem(@Param('slug') slug: string) {
    const problem = problemCatalogue.get(slug);
    if (!problem) throw new NotFound();
    return explain(problem);
  }
}

function explain({ slug, status, title, runbook }: ProblemDefinition) {
  return { type: problemType(slug), status, title, ...(runbook && { runbook }) };
}

function bySlug(one: ProblemDefinition, other: ProblemDefinition): number {
  return one.slug < other.slug ? -1 : 1;
}
