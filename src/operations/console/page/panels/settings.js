import { get } from '../app/api.js';
import { fill, h } from '../parts/dom.js';
import { field, input, section, tag } from '../parts/fields.js';
import { table } from '../parts/table.js';

/** What the process runs on. */
export const settings = {
  id: 'settings',
  title: 'Configuration',
  sign: 'settings',
  lead: 'The values that this process runs on, and where each came from. Secrets are masked.',
  show(root) {
    const view = table({
      label: 'Variables',
      columns: COLUMNS,
      nothing: 'No variable is like that.',
    });
    let items = [];
    const search = input('search', {
      type: 'search',
      autocomplete: 'off',
      oninput: () => view.show(items.filter((item) => isLike(item, search.value))),
    });
    fill(
      root,
      section(
        'Variables',
        null,
        h('div', { class: 'filters' }, field('Search', search)),
        view.node,
      ),
    );
    const load = async () => {
      ({ items } = await get('/hardening/config'));
      view.show(items);
    };
    void load().catch((error) => view.fail(error.message));
  },
};

function isLike({ name, value, section: of, why }, text) {
  return `${name} ${value} ${of} ${why}`.toLowerCase().includes(text.trim().toLowerCase());
}

const COLUMNS = [
  { label: 'Variable', cell: ({ name }) => h('code', {}, name) },
  { label: 'Value', cell: ({ value }) => h('span', { class: 'mono' }, value) },
  { label: 'From', cell: ({ source }) => tag(source, source === 'default' ? 'off' : 'info') },
  { label: 'Why', cell: ({ why }) => why },
];
