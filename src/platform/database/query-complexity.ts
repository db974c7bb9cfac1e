import { defineProblem } from '../errors/problem.js';
import { Prisma } from './generated/client.js';

/** What a relation counts that may be a list and says no `take`: a full page. */
const UNBOUNDED_LIST = 100;

export const QueryTooComplex = defineProblem(
  'query-too-complex',
  400,
  'The request asks for too much at once.',
);

/** A list that was not told how many rows to bring: a bug of ours, whoever asks. */
export class UnboundedQuery extends Error {}

interface Shape {
  readonly take?: unknown;
  readonly where?: unknown;
  readonly data?: unknown;
  readonly include?: unknown;
  readonly select?: unknown;
}

/** What finds one row at most, or none but a number. */
const SINGLE: ReadonlySet<string> = new Set([
  'findUnique',
  'findUniqueOrThrow',
  'findFirst',
  'findFirstOrThrow',
  'count',
  'aggregate',
  'create',
  'update',
  'upsert',
  'delete',
]);
/** Writes by a condition: however many rows, none of them comes back. */
const WITHOUT_ROWS: ReadonlySet<string> = new Set(['updateMany', 'deleteMany']);

/** Throws `QueryTooComplex` when a query asks for more than that, `UnboundedQuery` when for all there is. */
export function refuseTooComplex(
  model: string,
  operation: string,
  args: unknown,
  most: number,
): void {
  const complexity = complexityOf(model, operation, args as Shape | undefined);
  if (complexity <= most) return;
  if (complexity === Infinity) throw new UnboundedQuery(`${model}.${operation} without take`);
  const cause = new Error(`${model}.${operation} of ${complexity}, ${most} at most`);
  throw new QueryTooComplex({ cause });
}

/**
 * How much one query may ask for: the rows that it may bring, each with what is included of its
 * relations, and the values that it compares with or writes. A list without `take` asks for all there
 * are: Infinity.
 */
export function complexityOf(model: string, operation: string, args: Shape = {}): number {
  const { where, data } = args;
  const values = valuesIn(where) + (Array.isArray(data) ? data.length : 0);
  if (WITHOUT_ROWS.has(operation) || operation.startsWith('createMany')) return values;
  const isSingle = SINGLE.has(operation) || operation.startsWith('updateMany');
  const rows = isSingle ? 1 : typeof args.take === 'number' ? Math.abs(args.take) : Infinity;
  return rows * (1 + relationsOf(model, args)) + values;
}

/** What comes along with each row. */
function relationsOf(model: string | null, { include, select }: Shape): number {
  const isIncluded = include !== undefined;
  const branches = Object.entries((include ?? select ?? {}) as Record<string, unknown>);
  return branches.reduce((sum, [name, branch]) => {
    if (!branch || (branch === true && !isIncluded)) return sum; // a column
    return sum + relationOf(model, name, branch === true ? {} : branch);
  }, 0);
}

/** A relation whose foreign key is in the row brings one more row; any other may be a list. */
function relationOf(model: string | null, name: string, shape: Shape): number {
  if (name === '_count') return 1;
  const { take } = shape;
  const rows =
    typeof take === 'number' ? Math.abs(take) : hasColumn(model, `${name}Id`) ? 1 : UNBOUNDED_LIST;
  return rows * (1 + relationsOf(null, shape));
}

const COLUMNS = Prisma as unknown as Record<string, object | undefined>;

function hasColumn(model: string | null, name: string): boolean {
  return model !== null && Object.hasOwn(COLUMNS[`${model}ScalarFieldEnum`] ?? {}, name);
}

/** The length of every list in a condition: IN, OR and the like. */
function valuesIn(condition: unknown): number {
  if (Array.isArray(condition)) {
    return condition.reduce<number>((sum, each) => sum + Math.max(1, valuesIn(each)), 0);
  }
  if (typeof condition !== 'object' || condition === null) return 0;
  return Object.values(condition).reduce<number>((sum, each) => sum + valuesIn(each), 0);
}
