import { Injectable } from '@nestjs/common';
import type { QueryResultRow } from 'pg';
import { Database, type ReadClient, type SqlOptions, type WriteClient } from './database.js';

/** What every repository extends: the two ways to the database. */
@Injectable()
export abstract class Repository {
  constructor(private readonly database: Database) {}

  protected read<T>(work: (db: ReadClient) => Promise<T>): Promise<T> {
    return this.database.read(work);
  }

  protected write<T>(work: (db: WriteClient) => Promise<T>): Promise<T> {
    return this.database.write(work);
  }

  /** One statement of SQL with its values, for what Prisma cannot say or says at several times the cost. */
  protected sql<Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
    options?: SqlOptions,
  ): Promise<Row[]> {
    return this.database.sql<Row>(text, values, options);
  }

  /** As `sql()`, for a SELECT. */
  protected select<Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[],
    options?: SqlOptions,
  ): Promise<Row[]> {
    return this.database.select<Row>(text, values, options);
  }

  /** See `Database.transaction()`. */
  protected transaction<T>(work: () => Promise<T>): Promise<T> {
    return this.database.transaction(work);
  }
}
