import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedEngine } from '#platform/database/embedded-engine';
import { Migrations } from '#platform/database/migrations';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** A data directory with an embedded database, migrated and closed, to copy from. */
    embeddedTemplate: string;
  }
}

/** initdb takes seconds; a copy of its result does not. */
export default async function makeTemplate(project: TestProject): Promise<() => void> {
  const directory = mkdtempSync(join(tmpdir(), 'aerie-template-'));
  const engine = await openEmbeddedEngine(directory);
  await new Migrations(engine).deploy();
  await engine.close();
  project.provide('embeddedTemplate', directory);
  return () => rmSync(directory, { recursive: true, force: true });
}
