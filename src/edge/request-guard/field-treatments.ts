import { createRequire } from 'node:module';
import type { Type } from '@nestjs/common';
import { declaredTreatment, type Treatment } from './request-guard.decorators.js';

// the types of nested objects are known to class-transformer only; Nest's own mapped types ask it this way
const { defaultMetadataStorage } = createRequire(import.meta.url)(
  'class-transformer/cjs/storage.js',
) as {
  defaultMetadataStorage: {
    findTypeMetadata(target: Type, name: string): { typeFunction(): unknown } | undefined;
  };
};

export interface FieldTreatment {
  readonly treatment: Treatment | undefined;
  /** Those of the object, or the objects, that the field holds. */
  readonly nested: FieldTreatments | undefined;
}

const undeclared: FieldTreatment = { treatment: undefined, nested: undefined };
/** Names come from clients: beyond these, what is no field of the DTO is looked up each time. */
const MOST_UNDECLARED = 100;
const LONGEST_UNDECLARED = 64;

/** What the decorators of a DTO say about its fields, found out once a field. */
export class FieldTreatments {
  private static readonly known = new Map<Type, FieldTreatments>();
  private readonly fields = new Map<string, FieldTreatment>();
  private undeclaredFields = 0;

  private constructor(private readonly dto: Type) {}

  /** Undefined for what is no DTO class. */
  static of(dto: unknown): FieldTreatments | undefined {
    if (typeof dto !== 'function' || builtIn.has(dto)) return undefined;
    let treatments = this.known.get(dto as Type);
    if (!treatments) this.known.set(dto as Type, (treatments = new FieldTreatments(dto as Type)));
    return treatments;
  }

  field(name: string): FieldTreatment {
    const known = this.fields.get(name);
    if (known) return known;
    const field = this.read(name);
    const isWorthKeeping =
      field !== undeclared ||
      (name.length <= LONGEST_UNDECLARED && ++this.undeclaredFields <= MOST_UNDECLARED);
    if (isWorthKeeping) this.fields.set(name, field);
    return field;
  }

  private read(name: string): FieldTreatment {
    const prototype = this.dto.prototype as object;
    const type =
      defaultMetadataStorage.findTypeMetadata(this.dto, name)?.typeFunction() ??
      (Reflect.getMetadata('design:type', prototype, name) as unknown);
    const treatment = declaredTreatment(prototype, name);
    if (type === undefined && treatment === undefined) return undeclared;
    return { treatment, nested: FieldTreatments.of(type) };
  }
}

const builtIn: ReadonlySet<unknown> = new Set([
  String,
  Number,
  Boolean,
  Object,
  Array,
  Date,
  BigInt,
  Symbol,
  Function,
  Map,
  Set,
  Promise,
  Buffer,
]);
