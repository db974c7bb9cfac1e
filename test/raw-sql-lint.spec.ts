import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const REFUSED = [
  'db.$queryRawUnsafe(text);',
  "db['$executeRawUnsafe'](text);",
  'db.$queryRaw(text);',
  'db.$queryRaw(Prisma.raw(text));',
  'db.sql(`SELECT 1 FROM users WHERE id = ${id}`);',
  "session.query('SELECT 1 FROM users WHERE id = ' + id);",
  'session.query({ text: `ROLLBACK TO ${id}` });',
  "session.query(['SELECT', text].join(' '));",
  'this.select(`SELECT 1 FROM users WHERE id = ${id}`);',
  'const later = `DELETE FROM users WHERE id = ${id}`;',
  "const sum = 'UPDATE users SET name = ' + text + ' WHERE true';",
];
const TAKEN = [
  "db.sql('SELECT 1 FROM users WHERE id = $1', [id]);",
  'db.$queryRaw`SELECT 1 FROM users WHERE id = ${id}::uuid`;',
  'db.sql(`SELECT ${COLUMNS} FROM users WHERE id = $1`, [id]);',
  'session.query(text, [id]);',
  'const told = `Set ${id} to ${text}`;',
];

/** Which lines of the code the rule refuses, with the project's own configuration. */
function refusedLines(lines: readonly string[]): number[] {
  const directory = mkdtempSync(join(tmpdir(), 'aerie-lint-'));
  const file = join(directory, 'sample.js');
  writeFileSync(file, lines.join('\n'));
  const options = ['--config', '.oxlintrc.json', '--format', 'json', file];
  const { stdout } = spawnSync('node_modules/.bin/oxlint', options, { encoding: 'utf8' });
  rmSync(directory, { recursive: true });
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { code: string; labels: { span: { line: number } }[] }[];
  };
  const ours = diagnostics.filter(({ code }) => code === 'aerie(raw-sql)');
  return [...new Set(ours.map(({ labels }) => labels[0]!.span.line))].toSorted((a, b) => a - b);
}

it('the lint refuses SQL that is put together from values, and takes SQL with parameters', () => {
  const everyRefused = REFUSED.map((_line, index) => index + 1);
  expect(refusedLines([...REFUSED, ...TAKEN])).toEqual(everyRefused);
});

it('is part of the check', () => {
  const list = execFileSync('node', ['scripts/check.mjs', '--list'], { encoding: 'utf8' });
  expect(list).toMatch(/^lint +npm run --silent lint$/m);
});
