import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { jsonOf, pagesOf } from './json-stream.js';

/** Numbers from 1, two a page, and how many pages were read. */
function counted(last: number) {
  const list = {
    pagesRead: 0,
    pages: pagesOf(
      (after) => {
        list.pagesRead++;
        const first = Number(after ?? 0) + 1;
        return Promise.resolve([first, first + 1].filter((number) => number <= last));
      },
      (number) => String(number),
    ),
  };
  return list;
}

describe('a JSON stream', () => {
  it.each([0, 1, 2, 3, 4])('is one document with a list of %i items', async (length) => {
    const stream = Readable.from(
      jsonOf({ a: 1 }, { numbers: counted(length).pages, none: counted(0).pages }),
    );
    expect(JSON.parse(await text(stream))).toEqual({
      a: 1,
      numbers: Array.from({ length }, (_, i) => i + 1),
      none: [],
    });
  });

  it('reads a page when somebody takes it, and no more once nobody does', async () => {
    const list = counted(1_000);
    const chunks = jsonOf({ a: 1 }, { numbers: list.pages });
    await chunks.next();
    expect(list.pagesRead).toBe(0);
    for (let taken = 0; taken < 4; taken++) await chunks.next();
    expect(list.pagesRead).toBe(3);
    await chunks.return(undefined);
    expect(list.pagesRead).toBe(3);
  });
});
