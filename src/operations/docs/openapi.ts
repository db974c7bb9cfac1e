import { STATUS_CODES } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { Access } from '#edge/access/access.decorators';
import { version } from '#platform/config/version';
import { problemCatalogue } from '#platform/errors/problem';
import { operationIdOf, routesOf } from './route-table.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** What any route may answer, beside its own problems. */
const EVERYWHERE = [400, 403, 404, 429, 500, 503];
const WITH_BODY = [413, 415];
const WITH_CREDENTIALS = [401];

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
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, 'apiKey')
    .build();
  const document = SwaggerModule.createDocument(app, outline, {
    operationIdFactory: operationIdOf,
  });
  document.info.license = { name: 'MIT' };
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Problem: PROBLEM_SCHEMA },
  };
  const access = new Map(routesOf(app).map((route) => [route.operationId, route.access]));
  for (const path of Object.values(document.paths)) {
    for (const method of METHODS) {
      const operation = path[method];
      if (!operation) continue;
      operation.security = securityOf(access.get(operation.operationId!)!);
      nameSuccesses(operation);
      addProblems(operation);
    }
  }
  return document;
}

/** One of several ways in; behind the way of a machine stands the scope that it takes (OpenAPI 3.1). */
function securityOf(access: Access): NonNullable<Operation['security']> {
  if (access === 'public') return [];
  if (access === 'signed-in') return [{ bearer: [] }];
  return [{ bearer: [] }, { apiKey: [access] }];
}

function nameSuccesses({ responses }: Operation): void {
  for (const [status, response] of Object.entries(responses)) {
    if (response && 'description' in response) response.description ||= STATUS_CODES[status] ?? '';
  }
}

function addProblems(operation: Operation): void {
  const hasBody = operation.requestBody !== undefined;
  const isOpen = operation.security?.length === 0;
  const statuses = [
    ...EVERYWHERE,
    ...(hasBody ? WITH_BODY : []),
    // a public route that takes a body may take a password or a token in it
    ...(isOpen && !hasBody ? [] : WITH_CREDENTIALS),
  ];
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
    .toSorted() // whatever the order in which modules were loaded
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
    errors: [
      { path: 'email', message: 'email must be an e-mail address, such as ada@example.com' },
    ],
  },
};
