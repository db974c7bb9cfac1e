import { redactShapes } from './secret-shapes.js';

const secretParts =
  /password|passwd|passphrase|passcode|token|secret|signature|credential|apikey|privatekey|authorization|cookie/;
const secretNames = new Set(['otp', 'totp', 'pin', 'code', 'pwd', 'pass', 'jwt', 'csrf', 'hmac']);
// what is said about a secret is none: PASSWORD_HASH_MEMORY_KIB, tokenType
const aboutSecrets = /(?:kib|passes|ttl|ms|seconds|minutes|type|count|length|limit|at|id)$/;
// taken out already, with where it came from: the effective configuration
const withheld = /^(?:\[redacted\]|unset)(?: \((?:default|file|environment)\))?$/;
// a code of a machine for machines (ECONNRESET, P2002), which investigations begin with
const errorCode = /^(?:E[A-Z]{3,20}|P\d{4}|[A-Z]{2,20}(?:_[A-Z\d]{1,20}){1,8})$/;

/** Whether a field of this name holds a secret, however the name is spelt: such text is never read. */
export function isSensitive(name: string): boolean {
  const plain = plainly(name);
  return secretParts.test(plain) || secretNames.has(plain);
}

const MOST_KNOWN = 5_000;
const LONGEST = 100;
// eslint-disable-next-line no-control-regex
const control = /[\u0000-\u001f\u007f-\u009f]/g;
const known = new Map<string, FieldName>();

export interface FieldName {
  /** As the log shows it: a name may come from a client as well. */
  readonly shown: string;
  readonly isSecret: boolean;
}

/** What the log makes of a name of a field; asked for every field of every line, so remembered. */
export function fieldName(name: string): FieldName {
  const old = known.get(name);
  if (old) return old;
  const start = name.slice(0, LONGEST);
  const plain = start.toWellFormed().replace(control, '?');
  const field = {
    shown: name === '__proto__' ? '[__proto__]' : redactShapes(plain),
    isSecret: isSensitive(start) && !aboutSecrets.test(plainly(start)),
  };
  if (known.size < MOST_KNOWN && name.length <= LONGEST) known.set(name, field);
  return field;
}

/** What no field hides, whatever it is called. */
export function isHarmless(value: unknown): boolean {
  return (
    value === null ||
    typeof value === 'boolean' ||
    (typeof value === 'string' && (errorCode.test(value) || withheld.test(value)))
  );
}

function plainly(name: string): string {
  return name.toLowerCase().replace(/[_\-.]/g, '');
}
