#!/usr/bin/env node
// After an install: makes the Prisma client, so that `nest start --watch` works at once. A runtime
// tree without development packages has no Prisma CLI and needs none: its client is in dist.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);

let cli;
try {
  cli = resolve('prisma/build/index.js');
} catch {
  process.exit(0);
}
const { status } = spawnSync(process.execPath, [cli, 'generate', '--no-hints'], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
process.exit(status ?? 1);
