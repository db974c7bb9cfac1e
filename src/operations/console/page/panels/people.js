import { get, send, withQuery } from '../app/api.js';
import { confirm } from '../parts/dialog.js';
import { fill, h } from '../parts/dom.js';
import { button, section, tag } from '../parts/fields.js';
import { attempt } from '../parts/notices.js';
import { pages, table } from '../parts/table.js';
import { time } from '../parts/time.js';

const PAGE = 25;

/** Who has an account, and where you are signed in. */
export const people = {
  id: 'people',
  title: 'People',
  sign: 'people',
  lead: 'Accounts, and where you are signed in yourself.',
  show(root) {
    fill(root, accounts(), ownSessions());
  },
};

function accounts() {
  const view = table({ label: 'Accounts', columns: accountColumns(() => all.restart()) });
  const all = pages(view, (cursor) => get(withQuery('/v1/users', { limit: PAGE, cursor })));
  void all.restart();
  return section('Accounts', null, view.node);
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

function accountActions({ id, email, disabled }, reload) {
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
  return disabled
    ? button('Enable', () => act('enable', `${email} may sign in again.`))
    : button('Disable', disable, 'small danger');
}

function ownSessions() {
  const view = table({
    label: 'Your sessions',
    columns: [
      { label: 'Device', cell: ({ device, userAgent }) => device ?? userAgent ?? 'unknown' },
      { label: 'From', cell: ({ address }) => h('code', {}, address ?? '–') },
      { label: 'Signed in', cell: ({ createdAt }) => time(createdAt) },
      { label: 'Last used', cell: ({ lastUsedAt }) => time(lastUsedAt) },
      { label: '', cell: (session) => sessionActions(session, () => all.restart()), kind: 'do' },
    ],
  });
  const all = pages(view, (cursor) => get(withQuery('/v1/auth/sessions', { limit: PAGE, cursor })));
  const endOthers = () =>
    attempt(async () => {
      await send('DELETE', '/v1/auth/sessions');
      await all.restart();
    }, 'Your other sessions have ended.');
  void all.restart();
  return section('Your sessions', button('End all others', endOthers), view.node);
}

function sessionActions({ id, isCurrent }, reload) {
  if (isCurrent) return tag('this one', 'healthy');
  return button('End', () =>
    attempt(async () => {
      await send('DELETE', `/v1/auth/sessions/${id}`);
      await reload();
    }, 'The session has ended.'),
  );
}
