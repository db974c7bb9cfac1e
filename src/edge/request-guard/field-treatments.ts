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

/** What the decorators of a DTO say about its fields, found out once a field. */
export class FieldTreatments {
  private static readonly known = new Map<Type, FieldTreatments>();
  private readonly fields = new Map<string, [Treatment | undefined, FieldTreatments | undefined]>();

  private constructor(private readonly dto: Type) {}

  /** Undefined for what is no DTO class. */
  static of(dto: unknown): FieldTreatments | undefined {
    if (typeof dto !== 'function' || builtIn.has(dto)) return undefined;
    let treatments = this.known.get(dto as Type);
    if (!treatments) this.known.set(dto as Type, (treatments = new FieldTreatments(dto as Type)));
    return treatments;
  }

  treatment(name: string): Treatment | undefined {
    return this.field(name)[0];
  }

  /** The treatments of the object, or the objects, that the field holds. */
  nested(name: string): FieldTreatments | undefined {
    return this.field(name)[1];
  }

  private field(name: string): [Treatment | undefined, FieldTreatments | undefined] {
    const known = this.fields.get(name);
    if (known) return known;
    const prototype = this.dto.prototype as object;
    const type =
      defaultMetadataStorage.findTypeMetadata(this.dto, name)?.typeFunction() ??
      (Reflect.getMetadata('design:type', prototype, name) as unknown);
    const field: [Treatment | undefined, FieldTreatments | undefined] = [
      declaredTreatment(prototype, name),
      FieldTreatments.of(type),
    ];
    // names come from clients: only those that the DTO declares are worth keeping
    if (type !== undefined || field[0] !== undefined) this.fields.set(name, field);
    return field;
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
