import { isSensitive } from '#platform/logging/secret-names';

export interface FieldName {
  /** Nothing can hide in it. */
  readonly isPlain: boolean;
  readonly isSensitive: boolean;
}

const plainName = /^[\w-]{1,64}$/;
const known = new Map<string, FieldName>();
const MOST_KNOWN = 2_000;

/** What a name that a client gave to a field tells. The same few names make up most requests, so each is read once. */
export function readFieldName(name: string): FieldName {
  const before = known.get(name);
  if (before) return before;
  const fieldName = { isPlain: plainName.test(name), isSensitive: isSensitive(name) };
  if (fieldName.isPlain) {
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(name, fieldName);
  }
  return fieldName;
}
