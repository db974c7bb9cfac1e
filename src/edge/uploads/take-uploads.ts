import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '#platform/config/config';
import { PayloadTooLarge, UnsupportedMediaType } from '#platform/errors/problems';
import type { RefuseRaw } from '../transport/raw-refusal.js';
import { fileNameOf } from './file-name.js';
import { Pace } from './pace.js';
import { Upload } from './upload.js';
import type { UploadRules } from './uploads.decorators.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body of a route that `@TakesUpload()`. */
    upload: Upload | null;
  }
}

/**
 * Lets routes that say so take a file for a body, which stays where it is, unread, until the limits
 * and the access guard have let the request through. All other bodies are JSON.
 */
export function takeUploads(server: FastifyInstance, config: Config, refuse: RefuseRaw): void {
  const pace = new Pace(config.REQUEST_TIMEOUT_MS, refuse);
  server.decorateRequest('upload', null);
  server.addContentTypeParser('*', (request, payload, done) => {
    const { upload: rules } = request.routeOptions.config;
    try {
      request.upload = rules ? open(request, rules) : null;
    } catch (error) {
      return done(error as Error);
    }
    if (!rules) return done(new UnsupportedMediaType());
    done(null, undefined);
  });

  const open = (
    request: FastifyRequest,
    { types, maxBytes = config.UPLOAD_LIMIT_BYTES }: UploadRules,
  ) => {
    const said = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
    const type = types.find((each) => each === said);
    if (!type) throw new UnsupportedMediaType({ detail: `Taken here: ${types.join(', ')}.` });
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw new PayloadTooLarge();
    const name = fileNameOf(request.headers['content-disposition']);
    return new Upload(request.raw, type, name, maxBytes, pace);
  };

  // an answer before the end of the file: nobody wants the rest
  server.addHook('onSend', (request, reply, payload, done) => {
    if (request.routeOptions.config.upload && !request.raw.complete)
      reply.header('connection', 'close');
    done(null, payload);
  });
}
