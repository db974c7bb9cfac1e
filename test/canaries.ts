import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Config } from '#platform/config/config';
import { Log } from '#platform/logging/log';
import { Metrics } from '#platform/telemetry/metrics';
import type { TestApp } from './app.js';

/** Secrets that nobody else has: where one turns up, it has leaked. */
export class Canaries {
  private readonly mark = `canary${randomBytes(5).toString('hex')}`;
  private readonly places: string[] = [];
  private readonly real = new Map<string, string>();

  /** A new secret, which remembers where it was put. */
  hatch(place: string): string {
    return `${this.mark}${this.places.push(place)}z`;
  }

  /** A secret that the service itself gave out. */
  add(what: string, secret: string): void {
    this.real.set(secret, what);
  }

  /** Where those that the text holds had been put. */
  foundIn(text: string): string[] {
    const hatched = [...text.matchAll(new RegExp(`${this.mark}(\\d+)z`, 'g'))].map(
      ([, number]) => this.places[Number(number) - 1]!,
    );
    const real = [...this.real].filter(([secret]) => text.includes(secret)).map(([, what]) => what);
    return [...new Set([...hatched, ...real])];
  }
}

/** Everything that an operator may read, by name. */
export async function readableBy(test: TestApp): Promise<Record<string, string>> {
  const { DATA_DIR, LOG_DIR } = test.app.get(Config);
  await test.app.get(Log).output.end();
  const files = readdirSync(LOG_DIR!).map((name) => readFileSync(join(LOG_DIR!, name), 'utf8'));
  const { rows } = await test.engine.pool.query('SELECT * FROM audit_logs');
  return {
    'standard output': JSON.stringify(test.lines),
    'log files': files.join(''),
    metrics: await test.app.get(Metrics).registry.metrics(),
    'the audit trail': JSON.stringify(rows, (_name, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    ),
    'names in the outbox': readdirSync(join(DATA_DIR, 'outbox')).join('\n'),
  };
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string | string[];
  readonly properties?: Record<string, Schema>;
  readonly items?: Schema;
  readonly allOf?: Schema[];
  readonly oneOf?: Schema[];
  readonly enum?: unknown[];
}

export interface Operation {
  readonly parameters?: { readonly in: string; readonly name: string }[];
  readonly requestBody?: { content: Record<string, { schema: Schema }> };
}

export interface ApiDocument {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { schemas: Record<string, Schema> };
}

/** A body with a canary in each text of a schema, whatever else is asked of it. */
export function bodyOf(
  document: ApiDocument,
  { $ref, allOf, oneOf, type, properties, items }: Schema,
  hatch: (field: string) => string,
  field = 'body',
): unknown {
  if ($ref) {
    const schema = document.components.schemas[$ref.split('/').at(-1)!]!;
    return bodyOf(document, schema, hatch, field);
  }
  const [first] = allOf ?? oneOf ?? [];
  if (first) return bodyOf(document, first, hatch, field);
  if (properties) {
    return Object.fromEntries(
      Object.entries(properties).map(([name, schema]) => [
        name,
        bodyOf(document, schema, hatch, `${field}.${name}`),
      ]),
    );
  }
  if (type === 'array') return [bodyOf(document, items ?? {}, hatch, `${field}[]`)];
  return hatch(field);
}
