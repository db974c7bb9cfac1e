import type { ClientBase } from 'pg';
import type { Engine } from '../database/engine.js';
import { encryptedFields, placeOf, type EncryptedField } from './encrypted-fields.js';
import { UndecryptableValue, type FieldCipher } from './field-cipher.js';

const BATCH = 500;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** How many values a column holds by key; those under `null` are plain text from before. */
export interface KeyCount {
  readonly column: string;
  readonly keyId: string | null;
  readonly count: number;
}

export interface RotationOptions {
  /** Called after each batch with the column and how many of its values were written so far. */
  readonly onProgress?: (column: string, written: number) => void;
  /** Called with what is wrong with a value that no key opens; it is left as it is. */
  readonly onUndecryptable?: (reason: string) => void;
}

/** Brings encrypted columns to the first key, beside a service that goes on writing. */
export class Rotation {
  constructor(
    private readonly engine: Engine,
    private readonly cipher: FieldCipher,
  ) {}

  count(): Promise<KeyCount[]> {
    return this.engine.withSession(async (session) => {
      const counts: KeyCount[] = [];
      for (const encrypted of encryptedFields) counts.push(...(await countOf(session, encrypted)));
      return counts;
    });
  }

  /**
   * Encrypts with the first key whatever is not. Each batch is one statement, so that a kill leaves
   * it done or not begun; the next run finds what is left. Returns how many values were written.
   */
  run({ onProgress, onUndecryptable }: RotationOptions = {}): Promise<number> {
    return this.engine.withSession(async (session) => {
      let total = 0;
      for (const encrypted of encryptedFields) {
        let written = 0;
        let rows = await this.nextRows(session, encrypted, BEFORE_ALL);
        while (rows.length > 0) {
          written += await this.rewrite(session, encrypted, rows, onUndecryptable);
          onProgress?.(nameOf(encrypted), written);
          rows = await this.nextRows(session, encrypted, rows.at(-1)!.key);
        }
        total += written;
      }
      return total;
    });
  }

  private async nextRows(
    session: ClientBase,
    { table, column, keyColumn }: EncryptedField,
    after: string,
  ): Promise<StoredValue[]> {
    const { rows } = await session.query<StoredValue>(
      `SELECT ${keyColumn} AS key, ${column} AS stored FROM ${table}
       WHERE ${keyColumn} > $1::uuid AND ${column} IS NOT NULL AND NOT starts_with(${column}, $2)
       ORDER BY ${keyColumn} LIMIT ${BATCH}`,
      [after, this.cipher.currentPrefix],
    );
    return rows;
  }

  /** Leaves alone what somebody wrote since it was read. */
  private async rewrite(
    session: ClientBase,
    encrypted: EncryptedField,
    rows: readonly StoredValue[],
    onUndecryptable?: (reason: string) => void,
  ): Promise<number> {
    const keys: string[] = [];
    const before: string[] = [];
    const after: string[] = [];
    for (const { key, stored } of rows) {
      const place = placeOf(encrypted, key);
      try {
        after.push(this.cipher.encrypt(this.cipher.decrypt(stored, place), place));
        keys.push(key);
        before.push(stored);
      } catch (error) {
        if (!(error instanceof UndecryptableValue)) throw error;
        onUndecryptable?.(error.message);
      }
    }
    const { table, column, keyColumn } = encrypted;
    const { rowCount } = await session.query(
      `UPDATE ${table} SET ${column} = rotated.after
       FROM unnest($1::uuid[], $2::text[], $3::text[]) AS rotated (key, before, after)
       WHERE ${table}.${keyColumn} = rotated.key AND ${table}.${column} = rotated.before`,
      [keys, before, after],
    );
    return rowCount ?? 0;
  }
}

interface StoredValue {
  readonly key: string;
  readonly stored: string;
}

async function countOf(session: ClientBase, encrypted: EncryptedField): Promise<KeyCount[]> {
  const { table, column } = encrypted;
  const { rows } = await session.query<{ keyId: string | null; count: string }>(
    `SELECT substring(${column} FROM '^v1\\.([\\w-]{1,32})\\.[\\w-]{38,}$') AS "keyId", count(*) AS count
     FROM ${table} WHERE ${column} IS NOT NULL GROUP BY 1 ORDER BY 1`,
  );
  return rows.map(({ keyId, count }) => ({
    column: nameOf(encrypted),
    keyId,
    count: Number(count),
  }));
}

function nameOf({ table, column }: EncryptedField): string {
  return `${table}.${column}`;
}
