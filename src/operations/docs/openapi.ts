import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { version } from '#platform/config/version';
import { problemCatalogue } from '#platform/errors/problem';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** What any route may answer, beside its own problems. */
const EVERYWHERE = [400, 401, 403, 404, 429, 500, 503];
const WITH_BODY = [413, 415];

/** Describes the running application in OpenAPI 3.1; the problem responses are the same everywhere and added here. */
export function describeApi(app: INestApplication): OpenAPIObject {
  const outline = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Aerie API')
    .setDescription(
      'Errors are problem details (RFC 9457); their types are listed under /docs/problems.',
    )
    .setVersion(version)
    .setLicense('MIT', '')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addSecurityRequirements('bearer')
    .build();
  const document = SwaggerModule.createDocument(app, outline, {
    operationIdFactory: (controller, method) =>
      `${controller.replace(/Controller$/, '')}_${method}`,
  });
  document.info.license = { name: 'MIT' };
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Problem: PROBLEM_SCHEMA },
  };
  for (const path of Object.values(document.paths)) {
    for (const method of METHODS) {
      const operation = path[method];
      if (operation) addProblems(operation);
    }
  }
  return document;
}

function addProblems(operation: Operation): void {
  const statuses = operation.requestBody ? [...EVERYWHERE, ...WITH_BODY] : EVERYWHERE;
  for (const status of statuses) {
    operation.responses[status] ??= {
      description: titles(status),
      content: {
        'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
      },
    };
  }
}

function titles(status: number): string {
  return [...problemCatalogue.values()]
    .filter((problem) => problem.status === status)
    .map((problem) => `${problem.slug}: ${problem.title}`)
    .join(' ');
}

const PROBLEM_SCHEMA = {
  type: 'object' as const,
  description: 'Problem details, RFC 9457.',
  required: ['type', 'title', 'status', 'instance', 'requestId'],
  properties: {
    type: { type: 'string', description: 'Where the kind of problem is explained.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string', description: 'The path that was asked for.' },
    requestId: { type: 'string', description: 'Quote it when you ask for help.' },
    errors: {
      type: 'array',
      description: 'What each field did wrong.',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
  example: {
    type: '/docs/problems/validation',
    title: 'The request is not valid.',
    status: 400,
    instance: '/v1/auth/register',
    requestId: '019aa5b1-4c1e-7d3a-9a53-2f6f2b0a4a11',
    errors: [{ path: 'email', message: 'email must be an email' }],
  },
};
