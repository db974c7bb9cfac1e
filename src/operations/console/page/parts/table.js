import { fill, h } from './dom.js';

/**
 * A table whose rows become cards where there is no room for columns. `columns` are
 * `{ label, cell(item), kind? }`; the first names the row.
 */
export function table({ label, columns, nothing = 'There is nothing here.' }) {
  const body = h('tbody', {});
  const empty = h('p', { class: 'nothing' }, 'Loading …');
  const grid = h(
    'table',
    { 'aria-label': label, hidden: true },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        columns.map(({ label: head, kind }) =>
          head
            ? h('th', { scope: 'col', class: kind === 'number' && kind }, head)
            : h('td', {}, h('span', { class: 'unseen' }, 'Actions')),
        ),
      ),
    ),
    body,
  );
  const rowOf = (item) =>
    h(
      'tr',
      {},
      columns.map((column, index) => cellOf(column, index, item)),
    );
  const settle = () => {
    empty.hidden = body.children.length > 0;
    grid.hidden = !empty.hidden;
    fill(empty, nothing);
  };
  return {
    node: h('div', { class: 'table-frame' }, grid, empty),
    show(items) {
      fill(body, items.map(rowOf));
      settle();
    },
    add(items) {
      body.append(...items.map(rowOf));
      settle();
    },
    fail(text) {
      fill(body);
      settle();
      fill(empty, text);
    },
  };
}

function cellOf({ label, cell, kind }, index, item) {
  const attributes = { class: kind, 'data-label': label };
  const content = h('div', {}, cell(item));
  return index === 0
    ? h('th', { scope: 'row', ...attributes }, content)
    : h('td', attributes, content);
}

/** Shows pages one below the other; `load(cursor)` gives `{ items, nextCursor }`. */
export function pages(view, load) {
  const more = h('button', { type: 'button', class: 'small', onclick: () => void next() }, 'More');
  const foot = h('div', { class: 'table-more', hidden: true }, more);
  view.node.append(foot);
  let cursor;
  const next = async () => {
    more.disabled = true;
    try {
      const { items, nextCursor } = await load(cursor);
      if (cursor === undefined) view.show(items);
      else view.add(items);
      cursor = nextCursor ?? undefined;
      foot.hidden = cursor === undefined;
    } catch (error) {
      if (error.name !== 'AbortError') view.fail(error.message);
      foot.hidden = true;
    }
    more.disabled = false;
  };
  return {
    restart() {
      cursor = undefined;
      return next();
    },
  };
}
