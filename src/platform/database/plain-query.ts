import type { QueryEvent } from './query-events.js';
import { nameOf, refuseSuspiciousSql } from './raw-sql.js';
import { POSTGRESQL } from './traced-client.js';

/** What goes to the driver as it is, and what it is called where queries are counted and traced. */
export interface PlainQuery extends Pick<QueryEvent, 'operation' | 'kind'> {
  /** Under which a connection keeps it parsed and planned, for statements that are few and never change. */
  readonly name?: string | undefined;
  readonly text: string;
  readonly span: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A statement of SQL, as it is counted and traced. Throws `SuspiciousSql`. */
export function sqlQuery(text: string, keptAs?: string): PlainQuery {
  refuseSuspiciousSql(text);
  const [operation, attributes] = [nameOf(text), POSTGRESQL];
  return { name: keptAs, text, operation, kind: 'sql', span: 'db sql', attributes };
}
