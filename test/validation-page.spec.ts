import { readdirSync, readFileSync } from 'node:fs';
import * as classValidator from 'class-validator';
import { describe, expect, it } from 'vitest';

const FOLDER = 'src/platform/validation';
const page = readFileSync('docs/validation.md', 'utf8');

const decorators = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.decorators.ts'))
  .map((file) => readFileSync(`${FOLDER}/${file}`, 'utf8'))
  .flatMap((source) => source.match(/(?<=^export function )[A-Z]\w+/gm) ?? []);

describe('the page about validation', () => {
  it('finds the decorators', () => {
    expect(decorators).toContain('IsMoney');
  });

  it.each(decorators)('explains @%s() and shows it in an example', (name) => {
    expect(page).toMatch(new RegExp(`^\\| \`@${name}\\(`, 'm'));
    expect(page).toMatch(new RegExp(`^  @${name}\\(`, 'm'));
  });

  it('shows none that does not exist', () => {
    const shown = [...page.matchAll(/@([A-Z]\w+)\(/g)].map(([, name]) => name!);
    const known = new Set([...decorators, ...Object.keys(classValidator)]);
    expect(shown.filter((name) => !known.has(name))).toEqual([]);
  });
});
