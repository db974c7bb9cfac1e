import { h } from './dom.js';
import { icon } from './icon.js';

const SHOWN_MS = 8_000;
const MOST = 3;
const MAIN = () => document.getElementById('notices');

/** Says what came of something, to the eye and to a screen reader, and goes away by itself. */
export function notice(text, status = 'healthy') {
  // all but an open dialog is out of reach, for a screen reader too
  const region = document.querySelector('dialog[open] .notices') ?? MAIN();
  const node = h(
    'div',
    { class: `notice is-${status}` },
    icon(status),
    h('span', {}, text),
    h(
      'button',
      { type: 'button', class: 'quiet', 'aria-label': 'Dismiss', onclick: () => node.remove() },
      icon('unhealthy'),
    ),
  );
  region.append(node);
  while (region.children.length > MOST) region.firstElementChild.remove();
  setTimeout(() => node.remove(), SHOWN_MS);
}

/** Where a dialog says what came of something. What is said as it closes is said on by the page. */
export function noticesOf(dialog) {
  const region = h('div', { class: 'notices', role: 'status', 'aria-live': 'polite' });
  dialog.addEventListener('close', () => MAIN().append(...region.children));
  return region;
}

/** Does something that was asked for and says what came of it. Gives whether it worked. */
export async function attempt(work, success) {
  try {
    const result = await work();
    if (success) notice(typeof success === 'function' ? success(result) : success);
    return true;
  } catch (error) {
    notice(error.message, 'unhealthy');
    return false;
  }
}
