import { get, send, withQuery } from '../app/api.js';
import { confirm, openDialog } from '../parts/dialog.js';
import { fill, h } from '../parts/dom.js';
import { button, field, form, input, section, tag } from '../parts/fields.js';
import { attempt } from '../parts/notices.js';
import { pages, table } from '../parts/table.js';
import { time } from '../parts/time.js';
import { changeRole } from './people-role.js';

const PAGE = 25;

/** Who has an account, and where you are signed in. */
export const people = {
  id: 'people',
  title: 'People',
  sign: 'people',
  lead: 'Accounts, where each is signed in, and where you are.',
  show(root) {
    fill(root, accounts(), ownSessions());
  },
};

function accounts() {
  const view = table({ label: 'Accounts', columns: accountColumns(() => all.restart()) });
  let email = '';
  const all = pages(view, (cursor) => get(withQuery('/v1/users', { email, limit: PAGE, cursor })));
  const find = (values) => {
    email = values.email.trim();
    return all.restart();
  };
  void all.restart();
  return section('Accounts', null, search(find), view.node);
}

function search(find) {
  return form(
    { class: 'card filters', 'aria-label': 'Find an account' },
    find,
    field(
      'E-mail',
      input('email', { type: 'email', autocomplete: 'off' }),
      'whole; empty shows all',
    ),
    h('div', { class: 'actions' }, h('button', { class: 'primary' }, 'Find')),
  );
}

function accountColumns(reload) {
  return [
    { label: 'E-mail', cell: ({ email }) => email },
    { label: 'Name', cell: ({ name }) => name ?? '–' },
    { label: 'Role', cell: ({ role }) => role },
    { label: 'State', cell: accountState },
    { label: 'Since', cell: ({ createdAt }) => time(createdAt) },
    { label: '', cell: (account) => accountActions(account, reload), kind: 'do' },
  ];
}

function accountState({ emailVerified, disabled }) {
  if (disabled) return tag('disabled', 'unhealthy');
  return emailVerified ? tag('verified', 'healthy') : tag('not verified', 'off');
}

function accountActions(account, reload) {
  const { id, email, disabled } = account;
  const act = (what, success) =>
    attempt(async () => {
      await send('POST', `/v1/users/${id}/${what}`);
      await reload();
    }, success);
  const disable = async () => {
    const text = `${email} is shut out at once: sessions end, API keys are refused. Nothing is deleted.`;
    const isSure = await confirm('Disable the account?', text, 'Disable');
    if (isSure) await act('disable', `${email} is disabled.`);
  };
  return h(
    'div',
    { class: 'actions' },
    button('Sessions', () => showSessions({ id, email })),
    button('Role', () => changeRole(account, reload)),
    disabled
      ? button('Enable', () => act('enable', `${email} may sign in again.`))
      : button('Disable', disable, 'small danger'),
  );
}

function ownSessions() {
  const { node, endAll } = sessionsAt('/v1/auth/sessions', 'Your sessions');
  const end = () => endAll('Your other sessions have ended.');
  return section('Your sessions', button('End all others', end), node);
}

/** Where somebody else is signed in: what to look at when an account is in strange hands. */
function showSessions({ id, email }) {
  const { node, endAll } = sessionsAt(`/v1/users/${id}/sessions`, `Sessions of ${email}`);
  openDialog(`Where ${email} is signed in`, (close) => [
    h('p', { class: 'muted' }, 'Looking is recorded.'),
    node,
    h(
      'div',
      { class: 'actions' },
      h('button', { type: 'button', onclick: close }, 'Close'),
      button('End all', () => endAll(`${email} is signed in nowhere.`), 'danger'),
    ),
  ]);
}

function sessionsAt(path, label) {
  const view = table({
    label,
    nothing: 'Nowhere.',
    columns: [
      { label: 'Device', cell: ({ device, userAgent }) => device ?? userAgent ?? 'unknown' },
      { label: 'From', cell: ({ address }) => h('code', {}, address ?? '–') },
      { label: 'Signed in', cell: ({ createdAt }) => time(createdAt) },
      { label: 'Last used', cell: ({ lastUsedAt }) => time(lastUsedAt) },
      { label: '', cell: endOne, kind: 'do' },
    ],
  });
  const all = pages(view, (cursor) => get(withQuery(path, { limit: PAGE, cursor })));
  const end = (at, success) =>
    attempt(async () => {
      await send('DELETE', at);
      await all.restart();
    }, success);
  function endOne({ id, isCurrent }) {
    if (isCurrent) return tag('this one', 'healthy');
    return button('End', () => end(`${path}/${id}`, 'The session has ended.'));
  }
  void all.restart();
  return { node: view.node, endAll: (success) => end(path, success) };
}
