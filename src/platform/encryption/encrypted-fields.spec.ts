import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { encryptedFields } from './encrypted-fields.js';

const schema = readFileSync(new URL('../../../prisma/schema.prisma', import.meta.url), 'utf8');

/** Each `/// @encrypted` column with what the schema says about it, its table and its key. */
function markedColumns() {
  return [...schema.matchAll(/^model (\w+) \{\n([^]*?)^\}/gm)].flatMap(
    ([, model = '', body = '']) => {
      const table = /@@map\("(\w+)"\)/.exec(body)?.[1];
      const [, key = '', ...keyRest] = /^ {2}(\w+) .*?@id(.*)$/m.exec(body) ?? [];
      return [...body.matchAll(/@encrypted\n {2}(\w+) +(\S+)(.*)$/gm)].map(
        ([, field = '', type, rest = '']) => ({
          type,
          isUuidKey: keyRest.join('').includes('@db.Uuid'),
          entry: {
            model,
            field,
            key,
            table,
            column: mapped(rest) ?? field,
            keyColumn: mapped(keyRest.join('')) ?? key,
          },
        }),
      );
    },
  );
}

function mapped(attributes: string): string | undefined {
  return / @map\("(\w+)"\)/.exec(attributes)?.[1];
}

it('are those that the schema marks, under its names', () => {
  const marked = markedColumns();
  expect(marked.map(({ entry }) => entry)).toEqual(encryptedFields);
  expect(schema.match(/@encrypted/g)).toHaveLength(encryptedFields.length);
});

it('are text, in rows that a UUID identifies', () => {
  for (const { type, isUuidKey } of markedColumns()) {
    expect(type).toMatch(/^String\??$/);
    expect(isUuidKey).toBe(true);
  }
});
