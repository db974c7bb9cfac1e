import type { Tracing } from '../telemetry/tracing.js';
import type { PrismaClient } from './generated/client.js';

export const POSTGRESQL = { 'db.system.name': 'postgresql' } as const;

/** The same client, each of whose calls is a span. What is asked for is named, its values are not. */
export function withTracing(client: PrismaClient, tracing: Tracing): PrismaClient {
  if (!tracing.isOn) return client;
  const traced = client.$extends({
    name: 'tracing',
    query: {
      $allOperations({ model, operation, args, query }) {
        const attributes = {
          ...POSTGRESQL,
          'db.operation.name': operation,
          'db.collection.name': model,
        };
        const name = model === undefined ? `db ${operation}` : `db ${model}.${operation}`;
        return tracing.part(name, attributes, () => query(args) as Promise<unknown>);
      },
    },
  });
  return traced as unknown as PrismaClient;
}
