import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

const BUILT = 'dist/app.js';
const GENERATED = join('platform', 'database', 'generated');

/** The suites from outside run what was built, and would say nothing of a source that was not. */
export default function refuseStaleBuild(project: TestProject): void {
  if (project.vitest.projects.every(({ name }) => name === 'unit')) return;
  const builtAt = statSync(BUILT, { throwIfNoEntry: false })?.mtimeMs ?? -Infinity;
  const newer = readdirSync('src', { recursive: true, encoding: 'utf8' }).find(
    (path) =>
      path.endsWith('.ts') &&
      !path.endsWith('.spec.ts') &&
      !path.startsWith(GENERATED) &&
      statSync(join('src', path)).mtimeMs > builtAt,
  );
  if (newer)
    throw new Error(`src/${newer} is newer than what was built: npm run build, or npm test`);
}
