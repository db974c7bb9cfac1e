import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { problemCatalogue } from '#platform/errors/problem';
import { DatabaseUnavailable, NotReady } from '#platform/errors/problems';
import { RUNBOOKS, runbook } from '#platform/telemetry/runbooks';

const FOLDER = 'docs/runbooks';
const pages = readdirSync(FOLDER).map((name) => join(FOLDER, name));

describe('a runbook', () => {
  it.each(RUNBOOKS)('says what to do about %s', (page) => {
    const text = readFileSync(runbook(page), 'utf8');
    expect(text).toMatch(/^# \S/);
    expect(text).toMatch(/^1\. |what to do/im);
  });

  it.each(pages)('%s leads nowhere that is not there', (page) => {
    const links = readFileSync(page, 'utf8').matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g);
    for (const [, link] of links) {
      if (link!.startsWith('http')) continue;
      const file = join(dirname(page), link!);
      expect({ file, isThere: existsSync(file) }).toEqual({ file, isThere: true });
    }
  });
});

it('problems that operators mend name a runbook that is there', () => {
  expect(DatabaseUnavailable.definition.runbook).toBe('docs/runbooks/database.md');
  expect(NotReady.definition.runbook).toBe('docs/runbooks/starting.md');
  const named = [...problemCatalogue.values()].flatMap(({ runbook: file }) => file ?? []);
  for (const file of named)
    expect({ file, isThere: existsSync(file) }).toMatchObject({ isThere: true });
});
