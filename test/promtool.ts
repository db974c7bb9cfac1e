import { spawnSync } from 'node:child_process';

const isThere = (program: string) => spawnSync(program, ['--version']).status === 0;

/** Debian has both in its package `prometheus`. */
export const hasPromtool = isThere('promtool');
export const hasPrometheus = isThere('prometheus');

if (!hasPromtool) process.stderr.write('skipped: what promtool checks, there is no promtool\n');
if (!hasPrometheus) process.stderr.write('skipped: the drill with a Prometheus, there is none\n');

if (process.env['CI'] === 'true' && !(hasPromtool && hasPrometheus)) {
  throw new Error('CI skips nothing, and needs promtool and prometheus');
}

/** What promtool says, with its exit code; warnings are findings too. */
export function promtool(args: string[], input?: string): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' });
  return { status, said: stdout + stderr };
}
