/** A list of any length, a page at a time. */
export type Pages = AsyncIterable<readonly unknown[]>;

/** Reads page after page, each from behind the last item of the one before, until one is empty. */
export async function* pagesOf<Item>(
  read: (after: string | undefined) => Promise<readonly Item[]>,
  cursorOf: (item: Item) => string,
): AsyncGenerator<readonly Item[]> {
  let page = await read(undefined);
  while (page.length > 0) {
    yield page;
    page = await read(cursorOf(page.at(-1)!));
  }
}

/** The text of a JSON object, then of its lists, of which no more than a page is held at once. */
export async function* jsonOf(
  members: Readonly<Record<string, unknown>>,
  lists: Readonly<Record<string, Pages>>,
): AsyncGenerator<string> {
  yield JSON.stringify(members).slice(0, -1);
  for (const [name, pages] of Object.entries(lists)) {
    yield `,\n${JSON.stringify(name)}:[`;
    let separator = '\n';
    for await (const page of pages) {
      yield separator + page.map((item) => JSON.stringify(item)).join(',\n');
      separator = ',\n';
    }
    yield ']';
  }
  yield '}\n';
}
