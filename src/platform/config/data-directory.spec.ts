import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeDataDirectory } from './data-directory.js';

it('DATA_DIR is made for its owner only, whatever the process leaves open elsewhere', () => {
  const parent = mkdtempSync(join(tmpdir(), 'aerie-data-'));
  try {
    const directory = join(parent, 'some', 'data');
    makeDataDirectory(directory);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  } finally {
    rmSync(parent, { recursive: true });
  }
});
