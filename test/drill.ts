import { fileURLToPath } from 'node:url';
import { OwnProcess } from '../drills/kit/own-process.mjs';

export const DRILL_COMMAND = fileURLToPath(new URL('../drills/run.mjs', import.meta.url));
const CANNOT_RUN = 2;

interface DrillResult {
  readonly rows: Record<string, string | number>[];
  readonly promises: { promise: string; isKept: boolean; found: string }[];
}

/**
 * Runs a drill in its short form, as `npm run drill` does. Skips the test, saying why, where the
 * machine lacks the programs, though not in CI; throws what was said when there is no result.
 */
export async function runDrill(name: string, skip: (reason: string) => void): Promise<DrillResult> {
  const drill = new OwnProcess(process.execPath, [DRILL_COMMAND, name, '--short', '--json']);
  const exitCode = await drill.exit;
  if (exitCode === CANNOT_RUN && process.env['CI'] !== 'true') {
    process.stderr.write(`skipped: the drill ${name}. ${drill.output}`);
    skip(drill.output);
  }
  const [json] = /^\{$[\s\S]*^\}$/m.exec(drill.output) ?? [];
  if (!json) throw new Error(`the drill ended with ${exitCode}:\n${drill.output}`);
  return JSON.parse(json) as DrillResult;
}
