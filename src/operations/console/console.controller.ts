import { Controller, Get, Headers, Param, Res, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '#edge/access/access.decorators';
import { RateLimit } from '#edge/rate-limit/rate-limit.decorators';
import { OpenToBlocked } from '#edge/request-guard/request-guard.decorators';
import { NotFound } from '#platform/errors/problems';
import { ConsoleAssets } from './console-assets.js';

/** Nothing inline, nothing from elsewhere, and no text that becomes markup: trusted types forbid it. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'; trusted-types 'none'";

/** The operator's page. It is public and holds nothing: what it shows it asks for with a sign-in. */
@ApiExcludeController()
@Public()
@OpenToBlocked()
@RateLimit('static')
@Controller({ path: 'console', version: VERSION_NEUTRAL })
export class ConsoleController {
  private readonly assets = new ConsoleAssets();

  @Get()
  page(
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('if-none-match') known?: string,
  ): Promise<Buffer | null> {
    void reply.header('content-security-policy', PAGE_POLICY);
    return this.give('index.html', reply, known);
  }

  @Get('assets/:folder/:name')
  asset(
    @Param('folder') folder: string,
    @Param('name') name: string,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('if-none-match') known?: string,
  ): Promise<Buffer | null> {
    return this.give(`${folder}/${name}`, reply, known);
  }

  /** To be asked for again each time, so that a page is never half old and half new. */
  private async give(name: string, reply: FastifyReply, known?: string): Promise<Buffer | null> {
    const asset = await this.assets.find(name);
    if (!asset) throw new NotFound();
    void reply.headers({ etag: asset.etag, 'cache-control': 'no-cache' });
    if (known === asset.etag) {
      void reply.code(304);
      return null;
    }
    void reply.type(asset.type);
    return asset.body;
  }
}
