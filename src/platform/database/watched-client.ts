import type { PrismaClient } from './generated/client.js';
import { refuseTooComplex } from './query-complexity.js';
import type { QueryEvent, QueryEvents } from './query-events.js';
import { nameOf, refuseSuspiciousSql } from './raw-sql.js';

const READS: ReadonlySet<string> = new Set([
  'findUnique',
  'findUniqueOrThrow',
  'findFirst',
  'findFirstOrThrow',
  'findMany',
  'count',
  'aggregate',
  'groupBy',
]);

/** The same client, every query of which is bounded, and told of when it has been made. */
export function watched(client: PrismaClient, events: QueryEvents, mostComplex: number) {
  const extended = client.$extends({
    name: 'watch',
    query: {
      $allOperations({ model, operation, args, query }) {
        if (model === undefined) {
          const text = textOf(args);
          refuseSuspiciousSql(text);
          return events.watch(nameOf(text), 'sql', () => query(args));
        }
        refuseTooComplex(model, operation, args, mostComplex);
        const kind: QueryEvent['kind'] = READS.has(operation) ? 'read' : 'write';
        const name = `${model.charAt(0).toLowerCase()}${model.slice(1)}.${operation}`;
        return events.watch(name, kind, () => query(args));
      },
    },
  });
  return extended as unknown as PrismaClient;
}

/** `$queryRaw` is given a template, `$queryRawUnsafe` a text and its values. */
function textOf(args: unknown): string {
  const { strings, 0: text } = args as { strings?: string[]; 0?: unknown };
  return strings ? strings.join('$') : String(text);
}
