import { fill, h } from './dom.js';
import { noticesOf } from './notices.js';

/** A dialog with a title; `build(close)` gives its content. Escape and a click beside it close it. */
export function openDialog(title, build) {
  const dialog = h('dialog', { 'aria-labelledby': 'dialog-title' });
  const close = () => dialog.close();
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => event.target === dialog && close());
  fill(
    dialog,
    h('div', { class: 'dialog-body' }, h('h2', { id: 'dialog-title' }, title), build(close)),
    noticesOf(dialog),
  );
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Asks before something that is felt elsewhere. Resolves to whether to go on. */
export function confirm(title, text, action) {
  return new Promise((resolve) => {
    let isSure = false;
    const dialog = openDialog(title, (close) =>
      h(
        'div',
        { class: 'stack' },
        h('p', {}, text),
        h(
          'div',
          { class: 'actions' },
          h('button', { type: 'button', onclick: close, autofocus: true }, 'Leave it'),
          h(
            'button',
            {
              type: 'button',
              class: 'danger',
              onclick: () => {
                isSure = true;
                close();
              },
            },
            action,
          ),
        ),
      ),
    );
    dialog.addEventListener('close', () => resolve(isSure));
  });
}
