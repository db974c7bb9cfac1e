import { h } from '../parts/dom.js';
import { openDialog } from '../parts/dialog.js';
import { keyOf, panels } from './panels.js';

const KEY = 'aerie-console-shortcuts';

const areOn = () => localStorage.getItem(KEY) !== 'off';

/** Single keys, which can be switched off: people who speak to their computer press them by accident. */
export function useShortcuts(signal) {
  document.addEventListener('keydown', press, { signal });
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector('dialog[open]')) return;
  if (event.key === '?') return openShortcuts();
  if (!areOn()) return;
  const panel = panels.find((_, index) => keyOf(index) === event.key);
  if (panel) location.hash = `#/${panel.id}`;
  else if (event.key === 't') document.getElementById('theme').click();
  else if (event.key === '/') focusFirstField(event);
}

export function openShortcuts() {
  openDialog('Keyboard shortcuts', (close) =>
    h(
      'div',
      { class: 'stack' },
      h(
        'dl',
        { class: 'keys' },
        panels.map(({ title }, index) => row(keyOf(index), title)),
        row('/', 'The first field of the panel'),
        row('t', 'Change the theme'),
        row('?', 'This list'),
      ),
      h(
        'label',
        { class: 'check' },
        h('input', {
          type: 'checkbox',
          checked: areOn(),
          onchange: ({ target }) => localStorage.setItem(KEY, target.checked ? 'on' : 'off'),
        }),
        h('span', {}, 'Single-key shortcuts are on'),
      ),
      h('div', { class: 'actions' }, h('button', { type: 'button', onclick: close }, 'Close')),
    ),
  );
}

function row(key, what) {
  return h('div', {}, h('dt', {}, h('kbd', {}, key)), h('dd', {}, what));
}

function isTyping({ tagName }) {
  return ['INPUT', 'TEXTAREA', 'SELECT'].includes(tagName);
}

function focusFirstField(event) {
  const field = document.querySelector('main :is(input, select, textarea)');
  if (!field) return;
  event.preventDefault();
  field.focus();
}
