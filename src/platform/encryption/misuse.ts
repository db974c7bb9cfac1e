import { Prisma } from '../database/generated/client.js';
import { encryptedFields } from './encrypted-fields.js';

/** The code asks of an encrypted column what it cannot give. Never the fault of a request. */
export class EncryptedFieldMisused extends Error {}

/** Where a query compares, sorts or groups. */
const CONDITIONS = ['where', 'orderBy', 'cursor', 'having', 'by', 'distinct', '_min', '_max'];
const JUNCTIONS: ReadonlySet<string> = new Set(['AND', 'OR', 'NOT']);

const MARKED: ReadonlySet<string> = new Set(encryptedFields.map(({ field }) => field));

/**
 * Throws when a query compares, sorts or groups by ciphertext, here or within what it includes.
 * Behind a relation the name of the column decides, whatever model it leads to.
 */
export function refuseConditions(model: string | null, query: object): void {
  for (const part of CONDITIONS) {
    const condition: unknown = query[part as keyof object];
    if (condition !== undefined) refuseCondition(model, condition);
  }
  const { include, select } = query as Record<string, unknown>;
  for (const tree of [include, select]) {
    if (!isObject(tree)) continue;
    for (const branch of Object.values(tree)) if (isObject(branch)) refuseConditions(null, branch);
  }
}

function refuseCondition(model: string | null, condition: unknown): void {
  if (typeof condition === 'string' && isMarked(model, condition)) throw misused(condition);
  if (Array.isArray(condition)) for (const each of condition) refuseCondition(model, each);
  if (!isObject(condition)) return;
  for (const [name, value] of Object.entries(condition)) {
    if (JUNCTIONS.has(name)) refuseCondition(model, value);
    else if (isMarked(model, name) && !asksForNull(value)) throw misused(name);
    else if (!isScalar(model, name)) refuseCondition(null, value);
  }
}

/** Throws when a marked column would be written through a relation, past the encryption. */
export function refuseNestedWrites(model: string, data: object): void {
  for (const [name, value] of Object.entries(data)) {
    if (!isScalar(model, name)) refuseMarked(value);
  }
}

function refuseMarked(written: unknown): void {
  if (Array.isArray(written)) for (const each of written) refuseMarked(each);
  if (!isObject(written)) return;
  for (const [name, value] of Object.entries(written)) {
    if (MARKED.has(name)) {
      throw new EncryptedFieldMisused(`write "${name}" by its own model: it is encrypted`);
    }
    refuseMarked(value);
  }
}

function isMarked(model: string | null, name: string): boolean {
  if (model === null) return MARKED.has(name);
  return encryptedFields.some((encrypted) => encrypted.model === model && encrypted.field === name);
}

const COLUMNS = Prisma as unknown as Record<string, object | undefined>;

function isScalar(model: string | null, name: string): boolean {
  return model !== null && Object.hasOwn(COLUMNS[`${model}ScalarFieldEnum`] ?? {}, name);
}

function asksForNull(value: unknown): boolean {
  if (!isObject(value)) return value === null || value === undefined;
  return Object.values(value).every((operand) => operand === null);
}

function misused(name: string): EncryptedFieldMisused {
  return new EncryptedFieldMisused(`"${name}" is encrypted: nothing is found or sorted by it`);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
