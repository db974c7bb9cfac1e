import { BrokenCircuitError } from 'cockatiel';
import { TooLate } from '../resilience/caller.js';
import { LineFull } from '../resilience/line.js';
import { Silence } from '../resilience/silence.js';
import { NoConnection } from './no-connection.js';
import { TransactionOver } from './transaction.js';

// class 08 connection, 53300 too many connections, 57P01-57P05 shutting down, crashed or starting
const DOWN_SQLSTATE = /^(08...|53300|57P0.)$/;
// it answers, and cannot do it: class 53 out of disk or memory, 58 out of order below, 25006 read-only,
// 57014 the statement took too long, 55P03 a lock did, 25P03 the transaction did
const UNABLE_SQLSTATE = /^(53...|58...|25006|57014|55P03|25P03)$/;
// the server refused before it ran anything
const NO_EFFECT_SQLSTATE = /^(08001|08004|53300|57P03)$/;
// serialisation failure and deadlock: the server rolled all of it back
const CONFLICT_SQLSTATE = /^(40001|40P01)$/;

const DOWN_SOCKET = new Set([
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

/** A migration changed a column under a statement that connections keep. */
const STALE_PLAN = 'cached plan must not change result type';

// Prisma's own codes: unreachable, timed out, connection closed, too many connections
const DOWN_PRISMA = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2037']);
// none free in the pool, transaction expired
const UNABLE_PRISMA = new Set(['P2024', 'P2028']);
const NO_EFFECT_PRISMA = new Set(['P1001', 'P2024', 'P2037']);

// the kinds of `DriverAdapterError`, which Prisma passes on unmapped from some code paths
const DOWN_KIND = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
]);
const NO_EFFECT_KIND = new Set(['DatabaseNotReachable', 'TooManyConnections']);

// what pg and its pool throw as plain errors
const DOWN_MESSAGE =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client (has encountered a connection error|was closed)|Cannot use a pool after|The database failed to)/;
const NO_EFFECT_MESSAGE = /^(timeout exceeded when trying to connect|timeout expired)/;

// the server is alive, or it would be silent: a lock, or too much to do
const UNABLE_MESSAGE = /^Query read timeout/;

// what we say ourselves instead of calling, or of waiting any longer
const UNABLE_CLASSES = [BrokenCircuitError, LineFull, TooLate, TransactionOver];

/** Whether the database does not work at all, so that the next call would fare no better. */
export function isDown(error: unknown): boolean {
  return someCause(error, ({ code, kind, message, layer }) => {
    if (layer instanceof Silence || layer instanceof NoConnection) return true;
    if (DOWN_KIND.has(kind) || DOWN_MESSAGE.test(message)) return true;
    return DOWN_SOCKET.has(code) || DOWN_PRISMA.has(code) || DOWN_SQLSTATE.test(code);
  });
}

/** Whether the error says that the database is down or unable, rather than that it disagrees. */
export function isOutage(error: unknown): boolean {
  if (isDown(error)) return true;
  return someCause(error, ({ code, message, layer }) => {
    if (UNABLE_MESSAGE.test(message)) return true;
    if (UNABLE_CLASSES.some((kindOfError) => layer instanceof kindOfError)) return true;
    return UNABLE_PRISMA.has(code) || UNABLE_SQLSTATE.test(code);
  });
}

const INABILITIES: Readonly<Record<string, string>> = {
  '25006': 'read-only',
  '53100': 'disk full',
  '53200': 'out of memory',
  '58030': 'disk out of order',
};

/** Why the database, though it answers, cannot do what it is for; undefined when that is not what the error says. */
export function inabilityOf(error: unknown): string | undefined {
  let inability: string | undefined;
  someCause(error, ({ code }) => (inability = INABILITIES[code]) !== undefined);
  return inability;
}

/** Whether somebody else got in the way, with data or schema: the database is well, and a repetition may pass. */
export function isConflict(error: unknown): boolean {
  if (isStalePlan(error)) return true;
  return someCause(
    error,
    ({ code, kind }) =>
      kind === 'TransactionWriteConflict' || code === 'P2034' || CONFLICT_SQLSTATE.test(code),
  );
}

/** Whether a statement that the connection keeps is from before a change of the schema. */
export function isStalePlan(error: unknown): boolean {
  return someCause(error, ({ message }) => message === STALE_PLAN);
}

/** Whether the call certainly changed nothing, so that trying again cannot do it twice. */
export function hadNoEffect(error: unknown): boolean {
  if (isConflict(error)) return true;
  return someCause(error, ({ code, kind, message, layer }) => {
    if (layer instanceof NoConnection) return true;
    if (NO_EFFECT_KIND.has(kind) || NO_EFFECT_MESSAGE.test(message)) return true;
    return (
      NO_EFFECT_SOCKET.has(code) || NO_EFFECT_PRISMA.has(code) || NO_EFFECT_SQLSTATE.test(code)
    );
  });
}

// class 22 values that it cannot take, class 23 constraints, class 54 what is too long for an index
const REFUSED_DATA_SQLSTATE = /^(2[23]|54)...$/;

/** Whether the database says no to the data at hand, as it would to the same data at any time. */
export function isRefusedData(error: unknown): boolean {
  return someCause(error, ({ code }) => REFUSED_DATA_SQLSTATE.test(code));
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

/** Prisma wraps the driver's error, in `cause` or in `meta`, and the adapter wraps it again: look at each layer. */
function someCause(error: unknown, matches: (facts: ErrorFacts) => boolean): boolean {
  let layer: unknown = error;
  for (let depth = 0; depth < 6 && typeof layer === 'object' && layer !== null; depth++) {
    const { code, originalCode, kind, message, cause, meta } = layer as Record<string, unknown>;
    const facts = {
      code: text(originalCode ?? code),
      kind: text(kind),
      message: text(message),
      layer,
    };
    if (matches(facts)) return true;
    layer = cause ?? (meta as { driverAdapterError?: unknown } | undefined)?.driverAdapterError;
  }
  return false;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
