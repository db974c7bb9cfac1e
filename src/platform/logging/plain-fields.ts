import { CENSOR, redactShapes } from './secret-shapes.js';
import { fieldName, isHarmless } from './secret-names.js';

const LONGEST_TEXT = 8_192;
/** What is read beyond the cut, so that a secret that lies across it is known for what it is. */
const BEYOND = 8_192;
/** More than there are variables of the configuration, which are logged at the start. */
const MOST_ENTRIES = 250;
const DEEPEST = 6;
/** Characters of a whole line; what would come behind is left out. */
const MOST_CHARACTERS = 65_536;
/** What each value counts, however short, so that a line is bounded in work as in length. */
const COST_OF_ANY = 8;
const LARGEST_INTEGER = 2n ** 256n;

export type PlainFields = Record<string, unknown>;

/** A text as it may stand in a line: without secrets, bounded, and well-formed Unicode. */
export function plainText(text: string): string {
  if (text.length <= LONGEST_TEXT) return redactShapes(text.toWellFormed());
  const start = redactShapes(text.slice(0, LONGEST_TEXT + BEYOND));
  return `${start.slice(0, LONGEST_TEXT).toWellFormed()}… (${text.length} characters)`;
}

/** Any value as what JSON can say of it, whatever it is: see `PlainValues`. */
export function plainValue(value: unknown): unknown {
  return new PlainValues().of(value, 0);
}

/** The fields of a line, or of an object in it. */
export function plainFields(fields: object): PlainFields {
  return new PlainValues().fieldsOf(fields, 0);
}

/**
 * Copies what a line is given into what JSON can say: secrets by name and by shape are out, cycles,
 * depth, width and length are bounded, errors tell their causes, and what cannot be read (a getter
 * that throws, a revoked proxy) is said to be so. Never throws.
 */
class PlainValues {
  private left = MOST_CHARACTERS;
  private readonly above: object[] = [];

  of(value: unknown, depth: number): unknown {
    if (this.left <= 0) return '[more]';
    this.left -= COST_OF_ANY;
    switch (typeof value) {
      case 'string':
        return this.text(value);
      case 'number':
        return Number.isFinite(value) ? value : String(value);
      case 'bigint':
        return value < LARGEST_INTEGER && value > -LARGEST_INTEGER ? String(value) : '[huge]';
      case 'symbol':
        return this.text(String(value));
      case 'object':
        return value === null ? null : this.object(value, depth);
      case 'boolean':
        return value;
      default:
        return undefined; // functions
    }
  }

  fieldsOf(source: object, depth: number): PlainFields {
    const fields: PlainFields = {};
    let count = 0;
    for (const name of namesOf(source)) {
      if (count === MOST_ENTRIES || this.left <= 0) {
        fields['…'] = '[more]';
        break;
      }
      const value = read(source, name);
      if (value === undefined) continue;
      count++;
      const { shown, isSecret } = fieldName(name);
      this.left -= shown.length;
      fields[shown] = isSecret && !isHarmless(value) ? CENSOR : this.of(value, depth);
    }
    return fields;
  }

  private text(text: string): string {
    const plain = plainText(text);
    this.left -= plain.length;
    return plain;
  }

  private object(value: object, depth: number): unknown {
    if (this.above.includes(value)) return '[circular]';
    if (depth >= DEEPEST) return '[more]';
    this.above.push(value);
    try {
      return this.contents(value, depth + 1);
    } catch {
      return '[unreadable]';
    } finally {
      this.above.pop();
    }
  }

  private contents(value: object, depth: number): unknown {
    if (value instanceof Error) return this.error(value, depth);
    if (Array.isArray(value)) return this.list(value, depth);
    if (value instanceof Map) return this.fieldsOf(Object.fromEntries(value), depth);
    if (value instanceof Set) return this.list([...value], depth);
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    const toJson = read(value, 'toJSON');
    // a date, an address, a decimal number; what comes of it may be anything again
    if (typeof toJson === 'function') return this.of(toJson.call(value), depth);
    return this.fieldsOf(value, depth);
  }

  private list(values: readonly unknown[], depth: number): unknown[] {
    const items = values.slice(0, MOST_ENTRIES).map((item) => this.of(item, depth) ?? null);
    if (values.length > MOST_ENTRIES) items.push(`[${values.length - MOST_ENTRIES} more]`);
    return items;
  }

  /** Type, message and stack first, then the cause, the errors of an aggregate and what else it carries. */
  private error(error: Error, depth: number): PlainFields {
    const [type, message, stack] = [
      read(error, 'name'),
      read(error, 'message'),
      read(error, 'stack'),
    ];
    const [cause, errors, code] = [
      read(error, 'cause'),
      read(error, 'errors'),
      read(error, 'code'),
    ];
    return {
      ...this.fieldsOf({ type, message, stack, cause, errors }, depth),
      ...this.fieldsOf(error, depth),
      ...(code !== undefined && { code: this.of(code, depth) }), // no secret, whatever it looks like
    };
  }
}

function namesOf(source: object): string[] {
  try {
    return Object.keys(source);
  } catch {
    return []; // a proxy may refuse
  }
}

function read(source: object, name: string): unknown {
  try {
    return (source as Readonly<Record<string, unknown>>)[name];
  } catch {
    return '[unreadable]';
  }
}
