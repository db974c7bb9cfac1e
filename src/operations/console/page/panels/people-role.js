import { send } from '../app/api.js';
import { openDialog } from '../parts/dialog.js';
import { h } from '../parts/dom.js';
import { field, form, select } from '../parts/fields.js';
import { attempt } from '../parts/notices.js';

/** What a role may, as far as it matters to who gives it. */
const ROLES = [
  ['user', 'user: the own account'],
  ['support', 'support: sees all accounts'],
  ['admin', 'admin: everything, this console too'],
];

/** Gives an account another role, after whoever does it has seen what that means. */
export function changeRole({ id, email, role }, reload) {
  openDialog(`The role of ${email}`, (close) => {
    const give = async ({ role: chosen }) => {
      const isDone = await attempt(
        () => send('PUT', `/v1/users/${id}/role`, { role: chosen }),
        `${email} has the role ${chosen}.`,
      );
      if (!isDone) return;
      close();
      await reload();
    };
    return form(
      { class: 'stack' },
      give,
      h('p', {}, `${email} is ${role} now. Another role holds at once, and is recorded.`),
      field('Role', select('role', ROLES, role)),
      h(
        'div',
        { class: 'actions' },
        h('button', { type: 'button', onclick: close }, 'Leave it'),
        h('button', { class: 'danger' }, 'Change the role'),
      ),
    );
  });
}
