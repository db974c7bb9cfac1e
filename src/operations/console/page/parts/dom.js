const SVG = 'http://www.w3.org/2000/svg';
const SVG_TAGS = new Set(['svg', 'path', 'circle']);

/**
 * Makes an element. Children are nodes or text; text stays text, whatever it holds. An attribute
 * `onclick` and the like takes a function; false, null and undefined leave an attribute or child out.
 */
export function h(tag, attributes = {}, ...children) {
  const element = SVG_TAGS.has(tag)
    ? document.createElementNS(SVG, tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...present(children));
  return element;
}

/** A link to a panel, and to what of it. */
export function link(panel, parameters, text) {
  return h('a', { href: `#/${panel}?${new URLSearchParams(parameters).toString()}` }, text);
}

/** Puts these children in the place of all there are. */
export function fill(element, ...children) {
  element.replaceChildren(...present(children));
  return element;
}

/** Sets the text, and touches nothing when it is the same: a reader's selection survives. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Keeps one child for each item, by key and in order, so that what has the focus keeps it. `make`
 * gives `{ node, update? }` once for each new key.
 */
export function keyed(container, keyOf, make) {
  const known = new Map();
  return (items) => {
    const keys = new Set(items.map(keyOf));
    for (const [key, { node }] of known) {
      if (keys.has(key)) continue;
      node.remove();
      known.delete(key);
    }
    for (const [index, item] of items.entries()) {
      const key = keyOf(item);
      if (!known.has(key)) known.set(key, make(item));
      const view = known.get(key);
      view.update?.(item);
      const there = container.children[index] ?? null;
      if (there !== view.node) container.insertBefore(view.node, there);
    }
  };
}

function present(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false && child !== '');
}
