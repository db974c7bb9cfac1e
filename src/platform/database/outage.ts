import { BrokenCircuitError, BulkheadRejectedError, TaskCancelledError } from 'cockatiel';
import { Silence } from '../resilience/silence.js';

// class 08 connection, 53 out of resources, 57P01-57P05 shutting down or starting, 25006 read-only
const OUTAGE_SQLSTATE = /^(08...|53...|57P0.|25006)$/;
// the server refused before it ran anything
const NO_EFFECT_SQLSTATE = /^(08001|08004|53300|57P03)$/;
// serialisation failure and deadlock: the server rolled all of it back
const CONFLICT_SQLSTATE = /^(40001|40P01)$/;

const OUTAGE_SOCKET = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
const NO_EFFECT_SOCKET = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

// Prisma's own codes: unreachable, timed out, connection closed, pool exhausted, transaction expired
const OUTAGE_PRISMA = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2037']);
const NO_EFFECT_PRISMA = new Set(['P1001', 'P2024', 'P2037']);

// the kinds of `DriverAdapterError`, which Prisma passes on unmapped from some code paths
const OUTAGE_KIND = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
]);
const NO_EFFECT_KIND = new Set(['DatabaseNotReachable', 'TooManyConnections']);

// what pg and its pool throw as plain errors
const OUTAGE_MESSAGE =
  /^(Query read timeout|Connection terminated|timeout exceeded when trying to connect|timeout expired|Client (has encountered a connection error|was closed)|Cannot use a pool after|The database failed to)/;
const NO_EFFECT_MESSAGE = /^(timeout exceeded when trying to connect|timeout expired)/;

// what our own policy says instead of calling, or of waiting any longer
const OUTAGE_CLASSES = [BrokenCircuitError, BulkheadRejectedError, TaskCancelledError, Silence];

/** Whether the error says that the database is out of order, rather than that it disagrees. */
export function isOutage(error: unknown): boolean {
  return someCause(error, ({ code, kind, message, layer }) => {
    if (OUTAGE_CLASSES.some((kindOfError) => layer instanceof kindOfError)) return true;
    if (OUTAGE_KIND.has(kind) || OUTAGE_MESSAGE.test(message)) return true;
    return OUTAGE_SOCKET.has(code) || OUTAGE_PRISMA.has(code) || OUTAGE_SQLSTATE.test(code);
  });
}

/** Whether two transactions got in each other's way: the database is well, and a repetition may pass. */
export function isConflict(error: unknown): boolean {
  return someCause(
    error,
    ({ code, kind }) =>
      kind === 'TransactionWriteConflict' || code === 'P2034' || CONFLICT_SQLSTATE.test(code),
  );
}

/** Whether the call certainly changed nothing, so that trying again cannot do it twice. */
export function hadNoEffect(error: unknown): boolean {
  if (isConflict(error)) return true;
  return someCause(error, ({ code, kind, message }) => {
    if (NO_EFFECT_KIND.has(kind) || NO_EFFECT_MESSAGE.test(message)) return true;
    return (
      NO_EFFECT_SOCKET.has(code) || NO_EFFECT_PRISMA.has(code) || NO_EFFECT_SQLSTATE.test(code)
    );
  });
}

/** Whether a unique index refused the row. */
export function isDuplicate(error: unknown): boolean {
  return someCause(error, ({ code }) => code === 'P2002' || code === '23505');
}

interface ErrorFacts {
  readonly code: string;
  readonly kind: string;
  readonly message: string;
  readonly layer: object;
}

/** Prisma wraps the driver's error, and the adapter wraps it again: look at each layer. */
function someCause(error: unknown, matches: (facts: ErrorFacts) => boolean): boolean {
  let layer: unknown = error;
  for (let depth = 0; depth < 6 && typeof layer === 'object' && layer !== null; depth++) {
    const { code, originalCode, kind, message, cause } = layer as Record<string, unknown>;
    const facts = {
      code: text(originalCode ?? code),
      kind: text(kind),
      message: text(message),
      layer,
    };
    if (matches(facts)) return true;
    layer = cause;
  }
  return false;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
