import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { RateLimit } from '#edge/rate-limit/rate-limit.decorators';
import { UnsupportedMediaType } from '#platform/errors/problems';
import type { FileKind } from './file-kinds.js';

export interface UploadRules {
  readonly types: readonly [FileKind, ...FileKind[]];
  /** UPLOAD_LIMIT_BYTES unless given. */
  readonly maxBytes?: number;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    upload?: UploadRules;
  }
}

/**
 * The route takes a file as its body, one of these types, and no JSON; `@FileSent()` hands it over.
 * Each counts against the tier `uploads`.
 */
export const TakesUpload = (rules: UploadRules) =>
  applyDecorators(
    RouteConfig({ upload: rules }),
    RateLimit('uploads'),
    ApiConsumes(...rules.types),
    ApiBody({ schema: { type: 'string', format: 'binary' } }),
  );

/** The file that is being sent, an `Upload`. */
export const FileSent = createParamDecorator((_: undefined, context: ExecutionContext) => {
  const { upload, routeOptions } = context.switchToHttp().getRequest<FastifyRequest>();
  if (upload) return upload;
  const types = routeOptions.config.upload?.types.join(', ') ?? '';
  throw new UnsupportedMediaType({ detail: `The body must be a file of the type ${types}.` });
});
