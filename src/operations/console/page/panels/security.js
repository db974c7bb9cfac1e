import { get, send } from '../app/api.js';
import { live, onLive } from '../app/live.js';
import { confirm, openDialog } from '../parts/dialog.js';
import { fill, h, keyed, link } from '../parts/dom.js';
import { button, field, form, section, tag } from '../parts/fields.js';
import { count, plain, sentenceCase, words } from '../parts/format.js';
import { factList } from '../parts/facts.js';
import { attempt } from '../parts/notices.js';
import { table } from '../parts/table.js';
import { time } from '../parts/time.js';

const STATES = { on: 'healthy', degraded: 'degraded', off: 'off', 'reports only': 'degraded' };
const RELOAD_AT = new Set(['security.client_blocked', 'security.client_unblocked']);

/** What is held off, and who is kept out. */
export const security = {
  id: 'security',
  title: 'Security',
  sign: 'security',
  lead: 'What stands between the service and those who mean it ill, since the start of this process.',
  show(root, signal) {
    const blocked = blockedClients();
    const protections = protectionsOf();
    const load = () => Promise.all([blocked.load(), protections.load()]);
    onLive((what) => {
      if (what === 'security' && RELOAD_AT.has(live.security[0]?.action)) void load();
    }, signal);
    fill(root, blocked.node, noticedOf(signal), protections.node, tryText());
    void load();
  },
};

function blockedClients() {
  const lift = async (client) => {
    const isSure = await confirm(
      'Let a client in again?',
      `${client} may send requests at once.`,
      'Lift',
    );
    if (!isSure) return;
    await attempt(
      () => send('DELETE', `/hardening/guard/blocked/${encodeURIComponent(client)}`),
      `${client} is let in again.`,
    );
    await load();
  };
  const view = table({
    label: 'Blocked clients',
    nothing: 'No client is blocked.',
    columns: [
      { label: 'Client', cell: ({ client }) => h('code', {}, client) },
      { label: 'Score', cell: ({ score }) => count(score), kind: 'number' },
      { label: 'Until', cell: ({ until }) => time(until) },
      { label: '', cell: ({ client }) => button('Lift', () => lift(client)), kind: 'do' },
    ],
  });
  const load = () => fillFrom(view, '/hardening/guard/blocked', ({ items }) => items);
  return { node: section('Blocked clients', null, view.node), load };
}

function protectionsOf() {
  const view = table({
    label: 'Protections',
    columns: [
      { label: 'Protection', cell: ({ name }) => sentenceCase(name) },
      { label: 'State', cell: ({ state }) => tag(state, STATES[state] ?? 'info') },
      { label: 'Noticed', cell: ({ noticed }) => plain(noticed) },
      { label: 'Against', cell: ({ against }) => against },
      { label: '', cell: settingsOf, kind: 'do' },
    ],
  });
  const load = () => fillFrom(view, '/hardening/security', ({ protections }) => protections);
  return { node: section('Protections', null, view.node), load };
}

function settingsOf({ name, settings: values }) {
  const show = () =>
    openDialog(`How ${name} is set`, (close) => [
      factList(values, String),
      h('div', { class: 'actions' }, h('button', { type: 'button', onclick: close }, 'Close')),
    ]);
  return button('Settings', show);
}

/** What the edge notices, as it happens; what was before is asked for once. */
function noticedOf(signal) {
  const list = h('ul', { class: 'card feed' });
  const nothing = h('p', { class: 'muted card' }, 'Nothing was noticed.');
  const show = keyed(list, ({ key }) => key, eventView);
  let before = [];
  const update = () => {
    const events = [...live.security, ...before].map(withKey);
    const unique = [...new Map(events.map((event) => [event.key, event])).values()].slice(0, 50);
    show(unique);
    list.hidden = unique.length === 0;
    nothing.hidden = !list.hidden;
  };
  onLive((what) => what === 'security' && update(), signal);
  update();
  const loadBefore = async () => {
    before = (await get('/hardening/security')).recent;
    update();
  };
  void loadBefore().catch(() => undefined);
  return section('Noticed lately', null, list, nothing);
}

function withKey(event) {
  return {
    ...event,
    // what came over the stream and what was asked for have clocks of their own
    key: `${event.requestId ?? event.time.slice(0, -5)} ${event.action} ${plain(event.metadata)}`,
  };
}

function eventView({ time: at, action, address, metadata, requestId }) {
  return {
    node: h(
      'li',
      {},
      time(at),
      h('strong', {}, words(action.split('.')[1] ?? action)),
      h('span', { class: 'mono' }, address ?? ''),
      h('span', { class: 'muted' }, plain(metadata)),
      requestId && link('audit', { requestId }, 'its request'),
    ),
  };
}

function tryText() {
  const outcome = h('div', { role: 'status', class: 'stack' });
  const ask = ({ text }) =>
    attempt(async () => {
      const answer = await send('POST', '/hardening/guard/inspect', { text });
      fill(outcome, answerView(answer, text));
    });
  return section(
    'Try a text',
    null,
    form(
      { class: 'card stack' },
      ask,
      field(
        'What would the guard say of it? Nothing is stored.',
        h('textarea', { name: 'text', required: true, spellcheck: 'false' }),
      ),
      h('div', { class: 'actions' }, h('button', { class: 'primary' }, 'Ask the guard')),
      outcome,
    ),
  );
}

const ACTIONS = {
  pass: ['passes', 'healthy'],
  report: ['is reported', 'degraded'],
  block: ['is refused', 'unhealthy'],
};

function answerView({ action, score, findings, sanitised }, text) {
  const [words_, status] = ACTIONS[action];
  return [
    h('p', {}, tag(words_, status), ` It scores ${count(score)}.`),
    findings.length > 0 &&
      h(
        'ul',
        {},
        findings.map((finding) =>
          h('li', {}, h('code', {}, finding.rule), ` ${count(finding.score)}`),
        ),
      ),
    sanitised === text
      ? h('p', { class: 'muted' }, 'It would be stored as it is.')
      : [h('p', { class: 'muted' }, 'It would be stored as'), h('pre', {}, sanitised)],
  ];
}

async function fillFrom(view, path, itemsOf) {
  try {
    view.show(itemsOf(await get(path)));
  } catch (error) {
    view.fail(error.message);
  }
}
