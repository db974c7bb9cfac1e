export interface ProblemOptions {
  /** What went wrong this time, for a human; never internals. */
  detail?: string;
  /** The underlying error: logged, never sent. */
  cause?: unknown;
  /** Sent as Retry-After. */
  retryAfterSeconds?: number;
  /** Sent as Allow (405). */
  allow?: readonly string[];
  /** Further members of the document (RFC 9457, section 3.2). */
  members?: Readonly<Record<string, string>>;
  /** What each field did wrong (validation). */
  errors?: readonly FieldError[];
}

export interface FieldError {
  /** Where in the request, such as `items.0.price`. */
  path: string;
  message: string;
}

/** An error that is also its answer: RFC 9457 problem details. Make one kind with `defineProblem()`. */
export abstract class Problem extends Error {
  abstract readonly slug: string;
  abstract readonly status: number;
  abstract readonly title: string;

  constructor(readonly options: ProblemOptions = {}) {
    super(options.detail, { cause: options.cause });
  }
}

export interface ProblemDefinition {
  readonly slug: string;
  readonly status: number;
  readonly title: string;
  /** What operators do about it, by `runbook()`. */
  readonly runbook?: string;
}

/** Every kind of problem that the application can answer, by slug. */
export const problemCatalogue = new Map<string, ProblemDefinition>();

/**
 * Defines a kind of problem. `slug` names it for clients and never changes, `status` is the HTTP
 * status, `title` says in one sentence what the kind is. `runbook`
 * is for what operators mend.
 */
export function defineProblem(slug: string, status: number, title: string, runbook?: string) {
  const definition: ProblemDefinition = { slug, status, title, ...(runbook && { runbook }) };
  if (problemCatalogue.has(slug)) throw new Error(`problem "${slug}" is defined twice`);
  problemCatalogue.set(slug, definition);

  return class extends Problem {
    static readonly definition = definition;
    override readonly name = slug;
    readonly slug = slug;
    readonly status = status;
    readonly title = title;
  };
}
