import { h } from './dom.js';

/** A labelled field; `control` is an input, a select or a textarea. */
export function field(label, control, hint) {
  return h(
    'label',
    { class: 'field' },
    h('span', {}, label),
    control,
    hint && h('small', { class: 'hint' }, hint),
  );
}

export function input(name, attributes = {}) {
  return h('input', { name, ...attributes });
}

/** `options` are values, or pairs of a value and what to call it. */
export function select(name, options, chosen) {
  return h(
    'select',
    { name },
    options.map((option) => {
      const [value, label] = Array.isArray(option) ? option : [option, option];
      return h('option', { value, selected: value === chosen }, label);
    }),
  );
}

/** A form that calls back with its values by name, and holds its buttons while that is at work. */
export function form(attributes, onSubmit, ...children) {
  const node = h('form', attributes, ...children);
  node.addEventListener('submit', async (event) => {
    event.preventDefault();
    const buttons = node.querySelectorAll('button');
    for (const each of buttons) each.disabled = true;
    await onSubmit(Object.fromEntries(new FormData(node)), event.submitter?.value);
    for (const each of buttons) each.disabled = false;
  });
  return node;
}

export function button(label, onclick, className = 'small') {
  const node = h('button', { type: 'button', class: className }, label);
  node.addEventListener('click', async () => {
    node.disabled = true;
    await onclick();
    node.disabled = false;
  });
  return node;
}

export function tag(text, status) {
  return h('span', { class: `tag is-${status}` }, text);
}

/** A section with a heading, and what stands beside it. */
export function section(title, beside, ...children) {
  const id = `title-${title.toLowerCase().replaceAll(/\W+/g, '-')}`;
  return h(
    'section',
    { 'aria-labelledby': id },
    h('header', { class: 'section-head' }, h('h2', { id }, title), beside),
    ...children,
  );
}
