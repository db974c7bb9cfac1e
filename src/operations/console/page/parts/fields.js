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
    const values = Object.fromEntries(new FormData(node));
    await holding(node.querySelectorAll('button'), () => onSubmit(values, event.submitter?.value));
  });
  return node;
}

export function button(label, onclick, className = 'small') {
  const node = h('button', { type: 'button', class: className }, label);
  node.addEventListener('click', () => holding([node], onclick));
  return node;
}

/** Disables the buttons for as long as the work takes. A disabled one loses the focus: it gets it back. */
async function holding(buttons, work) {
  const focused = document.activeElement;
  for (const each of buttons) each.disabled = true;
  try {
    await work();
  } finally {
    for (const each of buttons) each.disabled = false;
    if (document.activeElement === document.body && focused.isConnected) focused.focus();
  }
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
