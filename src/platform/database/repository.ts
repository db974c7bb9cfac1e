import { Injectable } from '@nestjs/common';
import { Database, type ReadClient, type WriteClient } from './database.js';

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
}
