import { currentRequest } from '../telemetry/request-context.js';
import { plainFields, plainText, plainValue, type PlainFields } from './plain-fields.js';

export type LineArguments = [fields: PlainFields, message?: unknown, ...values: unknown[]];

/** Names that the line gives itself: a field that is called so must not pass for them. */
const RESERVED = ['level', 'time', 'msg', 'module'];

/** What pino is given instead of what the caller gave: plain, without secrets, with the request's id. */
export function lineOf(given: readonly unknown[]): LineArguments {
  const [first, ...rest] = given;
  if (typeof first !== 'object' || first === null) {
    return [withRequest({}), plainOf(first), ...rest.map(plainValue)];
  }
  const [message, ...values] = rest;
  if (first instanceof Error) return errorLine(first, message, values);
  const fields = withRequest(plainFields(first));
  for (const name of RESERVED) {
    if (!(name in fields)) continue;
    fields[`field.${name}`] = fields[name];
    delete fields[name];
  }
  if (message === undefined) return [fields, messageOf(fields)];
  return [fields, plainOf(message), ...values.map(plainValue)];
}

function errorLine(error: Error, message: unknown, values: unknown[]): LineArguments {
  const fields = withRequest({ err: plainValue(error) });
  return [
    fields,
    message === undefined ? messageOf(fields) : plainOf(message),
    ...values.map(plainValue),
  ];
}

/** An error that comes without a message speaks for itself. */
function messageOf({ err }: PlainFields): string | undefined {
  if (typeof err !== 'object' || err === null) return undefined;
  const { message } = err as { message?: unknown };
  return typeof message === 'string' ? message : undefined;
}

const plainOf = (message: unknown) =>
  typeof message === 'string' ? plainText(message) : plainValue(message);

function withRequest(fields: PlainFields): PlainFields {
  if (fields['requestId'] === undefined) {
    const request = currentRequest();
    if (request) fields['requestId'] = request.requestId;
  }
  return fields;
}
