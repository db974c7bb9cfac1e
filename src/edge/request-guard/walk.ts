import { excessOf } from '#edge/transport/structure-bounds';
import { MalformedRequest } from '#platform/errors/problems';
import { readFieldName } from './field-name.js';
import type { FieldTreatments } from './field-treatments.js';
import type { Treatment } from './request-guard.decorators.js';

export interface Visitor {
  /** A text, and where it stands; returns what to put in its place. */
  text(text: string, treatment: Treatment, path: readonly string[]): string;
  /** A name that is more than a word. */
  name(name: string, path: readonly string[]): void;
}

/** Walks over what a client sent, bounded, and replaces each text by what the visitor makes of it. */
export class Walk {
  private readonly path: string[] = [];
  private keys = 0;

  constructor(private readonly visitor: Visitor) {}

  run(value: unknown, root: string, treatments?: FieldTreatments): unknown {
    this.path.length = 0;
    this.path.push(root);
    return this.visit(value, 'plain', treatments);
  }

  private visit(value: unknown, treatment: Treatment, treatments?: FieldTreatments): unknown {
    if (typeof value === 'string') return this.visitor.text(value, treatment, this.path);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) this.visitItems(value, treatment, treatments);
    else if (isPlain(value)) this.visitFields(value, treatment, treatments);
    return value;
  }

  private visitItems(items: unknown[], treatment: Treatment, treatments?: FieldTreatments): void {
    this.descend('[]');
    for (let index = 0; index < items.length; index += 1) {
      const before = items[index];
      const after = this.visit(before, treatment, treatments);
      if (after !== before) items[index] = after;
    }
    this.path.pop();
  }

  private visitFields(
    object: Record<string, unknown>,
    treatment: Treatment,
    treatments?: FieldTreatments,
  ): void {
    for (const name of Object.keys(object)) {
      this.keys += 1;
      this.descend(name);
      const field = treatments?.field(name);
      if (field?.treatment !== 'raw') {
        const { isPlain: isPlainName, isSensitive } = readFieldName(name);
        if (!isPlainName) this.visitor.name(name, this.path);
        const own = field?.treatment ?? (isSensitive ? 'raw' : treatment); // a secret's parts are secret
        const before = object[name];
        const after = this.visit(before, own, field?.nested);
        if (after !== before) object[name] = after;
      }
      this.path.pop();
    }
  }

  private descend(name: string): void {
    const excess = excessOf(this.path.push(name) - 1, this.keys);
    if (excess) throw new MalformedRequest({ detail: `The request ${excess}.` });
  }
}

/** Parsed JSON or a parsed query; a stream or a file is nobody's text. */
function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || !isBuiltIn(value);
}

function isBuiltIn(value: object): boolean {
  return ArrayBuffer.isView(value) || 'pipe' in value || value instanceof Date;
}
