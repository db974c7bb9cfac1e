/** The process cannot start, for a reason that one sentence explains: shown without a stack. */
export class StartFailure extends Error {}

/** What to print of whatever ended the start. */
export function explainFailure(error: unknown): string {
  if (error instanceof StartFailure) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
