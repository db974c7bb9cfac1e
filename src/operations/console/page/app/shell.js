import { fill, h, say } from '../parts/dom.js';
import { localTime } from '../parts/format.js';
import { icon } from '../parts/icon.js';
import { follow, isStale, live, onLive } from './live.js';
import { keyOf, panels } from './panels.js';
import { signOut } from './session.js';
import { openShortcuts, useShortcuts } from './shortcuts.js';
import { chosenTheme, nextTheme } from './theme.js';
import { verdict } from './verdict.js';

/** The frame around the panels. Returns how to take it down. */
export function showShell(root, account) {
  const over = new AbortController();
  const main = h('main', { id: 'main', tabindex: '-1' });
  const links = panels.map((panel, index) => linkTo(panel, index, over.signal));
  fill(
    root,
    h('a', { class: 'skip', href: '#main', onclick: skipTo(main) }, 'Skip to content'),
    topBar(account, over.signal),
    h(
      'nav',
      { class: 'side', 'aria-label': 'Panels' },
      h(
        'ul',
        {},
        links.map(({ node }) => node),
      ),
    ),
    staleBanner(over.signal),
    main,
  );
  const route = router(main, links, over.signal);
  addEventListener('hashchange', route, { signal: over.signal });
  useShortcuts(over.signal);
  follow(over.signal);
  route();
  return () => over.abort();
}

/** Shows the panel that the address names; the one before hears that its time is over. */
function router(main, links, over) {
  let shown = new AbortController();
  over.addEventListener('abort', () => shown.abort());
  return (event) => {
    const [id, parameters] = location.hash.replace('#/', '').split('?');
    const panel = panels.find((each) => each.id === id) ?? panels[0];
    shown.abort();
    shown = new AbortController();
    const heading = h('h1', { tabindex: '-1' }, panel.title);
    const body = h('div', { class: 'panel-body' });
    fill(main, h('header', { class: 'panel-head' }, heading, h('p', {}, panel.lead)), body);
    panel.show(body, shown.signal, Object.fromEntries(new URLSearchParams(parameters)));
    for (const link of links) link.mark(panel.id);
    if (event) heading.focus({ preventScroll: true });
    scrollTo(0, 0);
  };
}

function linkTo({ id, title, sign }, index, signal) {
  const badge = h('span', { class: 'badge', hidden: true });
  const link = h('a', { href: `#/${id}` }, icon(sign), h('span', {}, title), badge);
  link.setAttribute('aria-keyshortcuts', keyOf(index));
  if (id === 'alerts') countAlerts(badge, signal);
  return {
    node: h('li', {}, link),
    mark: (current) => {
      if (id !== current) return link.removeAttribute('aria-current');
      link.setAttribute('aria-current', 'page');
      link.scrollIntoView({ block: 'nearest', inline: 'center' });
    },
  };
}

function countAlerts(badge, signal) {
  const update = () => {
    const many = live.alerts.length;
    badge.hidden = many === 0;
    say(badge, String(many));
  };
  onLive(update, signal);
}

function topBar(account, signal) {
  const state = h('a', { class: 'state', href: '#/overview' });
  const place = h('span', { class: 'place' });
  const announced = h('span', { class: 'unseen', role: 'status' });
  let known;
  const update = () => {
    const { status, sentence } = verdict();
    say(place, live.health ? `${live.health.environment} · ${live.health.version}` : '');
    document.title = `${status === 'healthy' ? '' : '(!) '}${sentence} · Aerie console`;
    if (known !== status) {
      fill(state, icon(status), h('span', {}));
      state.className = `state is-${status}`;
      if (known) say(announced, sentence);
      known = status;
    }
    say(state.lastElementChild, SHORT[status]);
  };
  onLive(update, signal);
  update();
  return h(
    'header',
    { class: 'top' },
    h(
      'p',
      { class: 'brand' },
      h('span', { class: 'brand-mark' }),
      h('span', { class: 'brand-name' }, 'Aerie'),
      place,
    ),
    state,
    announced,
    h('div', { class: 'top-tools' }, themeButton(), shortcutsButton(), who(account)),
  );
}

const SHORT = {
  healthy: 'Well',
  degraded: 'Degraded',
  unhealthy: 'Not well',
  unknown: 'No news',
};

const themeLabel = () => `Theme: ${chosenTheme()}`;

function themeButton() {
  const text = h('span', { class: 'tool-text' }, themeLabel());
  const button = h(
    'button',
    { type: 'button', class: 'quiet', id: 'theme', title: 'Change the theme (t)' },
    icon('sun'),
    text,
  );
  button.addEventListener('click', () => {
    nextTheme();
    say(text, themeLabel());
  });
  return button;
}

function shortcutsButton() {
  return h(
    'button',
    { type: 'button', class: 'quiet', onclick: openShortcuts, title: 'Keyboard shortcuts (?)' },
    icon('keyboard'),
    h('span', { class: 'tool-text' }, 'Shortcuts'),
  );
}

function who({ email }) {
  return h(
    'button',
    { type: 'button', class: 'quiet', onclick: () => signOut(), title: `Sign out ${email}` },
    icon('leave'),
    h('span', { class: 'tool-text' }, 'Sign out'),
  );
}

function staleBanner(signal) {
  const text = h('span', {});
  const banner = h('div', { class: 'stale', hidden: true }, icon('degraded'), text);
  const update = () => {
    banner.hidden = live.lastNewsAt === null || !isStale();
    document.documentElement.classList.toggle('has-no-news', !banner.hidden);
    if (banner.hidden) return;
    const why = live.lostBecause ?? 'Nothing has come.';
    say(
      text,
      `${verdict().sentence} What you see is of ${localTime(live.lastNewsAt)}. ${why} Trying again.`,
    );
  };
  onLive(update, signal);
  return banner;
}

/** The fragment names panels, so that the link must not change it. */
function skipTo(main) {
  return (event) => {
    event.preventDefault();
    main.focus();
  };
}
