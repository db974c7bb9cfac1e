import { h } from './dom.js';
import { plain, words } from './format.js';

/** What is known of something, a line each. */
export function factList(facts, nameOf = words) {
  return h(
    'dl',
    { class: 'facts' },
    Object.entries(facts).map(([name, value]) =>
      h('div', {}, h('dt', {}, nameOf(name)), h('dd', { class: 'mono' }, plain(value))),
    ),
  );
}
