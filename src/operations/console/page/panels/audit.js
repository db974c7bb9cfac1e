import { get, save, withQuery } from '../app/api.js';
import { openDialog } from '../parts/dialog.js';
import { fill, h, link } from '../parts/dom.js';
import { button, field, form, input, section, select, tag } from '../parts/fields.js';
import { count, localTime, plain, utc } from '../parts/format.js';
import { factList } from '../parts/facts.js';
import { attempt } from '../parts/notices.js';
import { pages, table } from '../parts/table.js';
import { time } from '../parts/time.js';

const PAGE = 25;
const SEVERITIES = [['', 'any'], 'info', 'notice', 'warning', 'critical'];

/** Who did what, and whether the trail is whole. */
export const audit = {
  id: 'audit',
  title: 'Audit trail',
  sign: 'audit',
  lead: 'Who did what, the newest first. Looking is recorded as well.',
  show(root, _signal, wanted) {
    let filter = { ...wanted };
    const view = table({ label: 'Entries', columns: COLUMNS, nothing: 'No entry is like that.' });
    const found = pages(view, (cursor) =>
      get(withQuery('/v1/audit', { ...filter, limit: PAGE, cursor })),
    );
    const look = (values) => {
      filter = { ...values, from: instant(values.from), to: instant(values.to) };
      return found.restart();
    };
    fill(
      root,
      chain(),
      section(
        'Search',
        exports(() => filter),
        filters(look, wanted),
        view.node,
      ),
    );
    void found.restart();
  },
};

function filters(look, wanted) {
  const text = (name) => {
    const node = input(name, { autocomplete: 'off' });
    node.value = wanted[name] ?? ''; // and no default, which Clear would bring back
    return node;
  };
  return form(
    { class: 'card filters', 'aria-label': 'Filters' },
    look,
    field('Action', text('action'), 'such as auth.logged_in'),
    field('Actor', text('actor'), 'id of the user'),
    field('Subject', text('subject')),
    field('Severity', select('severity', SEVERITIES, '')),
    field('Request', text('requestId')),
    field('From', input('from', { type: 'datetime-local' })),
    field('To', input('to', { type: 'datetime-local' })),
    h(
      'div',
      { class: 'actions' },
      h('button', { class: 'primary' }, 'Search'),
      h('button', { type: 'reset' }, 'Clear'),
    ),
  );
}

/** What the field says is local time; the service is asked in UTC. */
function instant(local) {
  return local ? new Date(local).toISOString() : '';
}

function exports(filterNow) {
  const exportAs = (format) =>
    button(`Export ${format.toUpperCase()}`, () =>
      attempt(
        () => save(withQuery('/v1/audit/export', { ...filterNow(), format }), `audit.${format}`),
        'The file holds what the filters find.',
      ),
    );
  return h('div', { class: 'actions' }, exportAs('ndjson'), exportAs('csv'));
}

function chain() {
  const said = h(
    'p',
    { role: 'status', class: 'muted' },
    'Each entry carries a hash over itself and the one before.',
  );
  const verify = async () => {
    fill(said, 'Reading the whole trail …');
    try {
      const verdict = await get('/v1/audit/verify');
      fill(
        said,
        tag(verdict.valid ? 'whole' : 'broken', verdict.valid ? 'healthy' : 'critical'),
        ' ',
        inWords(verdict),
      );
    } catch (error) {
      fill(said, error.message);
    }
  };
  return section(
    'The chain',
    button('Verify the chain', verify),
    h('div', { class: 'card' }, said),
  );
}

function inWords({ valid, checked, firstBadSequence, ...more }) {
  if (valid) return `All ${count(checked)} entries are as they were written.`;
  const rest = plain(more);
  const where = firstBadSequence
    ? `Entry ${firstBadSequence} is not as it was written`
    : 'It is not whole';
  return `${where}. ${rest === '–' ? '' : rest}`;
}

const COLUMNS = [
  { label: 'Time', cell: ({ time: at }) => time(at) },
  { label: 'Action', cell: ({ action }) => h('code', {}, action), kind: 'name' },
  { label: 'Severity', cell: ({ severity }) => tag(severity, severity) },
  { label: 'Actor', cell: ({ actor }) => actor ?? '–', kind: 'mono' },
  { label: 'Subject', cell: ({ subject }) => subject ?? '–', kind: 'mono' },
  { label: '', cell: details, kind: 'do' },
];

/** All of an entry, with what its action has to say, and where to go on from it. */
function details({ sequence, metadata, time: at, hash, ...entry }) {
  const { requestId, actor, subject } = entry;
  const show = () =>
    openDialog(`Entry ${sequence}`, (close) => {
      const further = (value, parameters, text) =>
        value && h('li', { onclick: close }, link('audit', parameters, text));
      return [
        factList({ time: `${localTime(at)}, ${utc(at)}`, ...entry, ...metadata, hash }),
        h(
          'ul',
          { class: 'further' },
          further(requestId, { requestId }, 'All of this request'),
          further(actor, { actor }, 'All by this actor'),
          further(subject, { subject }, 'All about this subject'),
        ),
        h('div', { class: 'actions' }, h('button', { type: 'button', onclick: close }, 'Close')),
      ];
    });
  return button(`Entry ${sequence}`, show);
}
