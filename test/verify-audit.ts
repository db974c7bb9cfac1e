import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SCRIPT = fileURLToPath(new URL('../scripts/verify-audit.mjs', import.meta.url));

/** What `npm run audit:verify` says, on both outputs, and its exit code. */
export async function verifyAudit(
  environment: Record<string, string>,
  ...options: string[]
): Promise<{ code: number; output: string }> {
  const env = { PATH: process.env['PATH'], NODE_ENV: 'test', ...environment };
  try {
    const run = promisify(execFile);
    const { stdout, stderr } = await run(process.execPath, [SCRIPT, ...options], { env });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}
