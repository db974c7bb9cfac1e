import { live, onLive } from '../app/live.js';
import { fill, h, keyed, say } from '../parts/dom.js';
import { words } from '../parts/format.js';
import { icon } from '../parts/icon.js';
import { inUnit, withoutUnit } from '../parts/units.js';

const MOST_FACTS = 4;

/** Every part of the service that says how it does. */
export function componentsOf(signal) {
  const list = h('ul', { class: 'components' });
  const show = keyed(list, ([name]) => name, componentView);
  const update = () => show(partsOf(live.health));
  onLive((what) => what === 'health' && update(), signal);
  update();
  return h(
    'section',
    { 'aria-labelledby': 'components-title' },
    h('h2', { id: 'components-title' }, 'Components'),
    list,
  );
}

function partsOf(health) {
  // alerts have a panel of their own, and are no part that can be well or not
  return Object.entries(health ?? {}).filter(
    ([name, part]) => name !== 'alerts' && typeof part?.status === 'string',
  );
}

function componentView([name]) {
  const state = h('span', { class: 'component-state' });
  const facts = h('dl', {});
  const showFacts = keyed(facts, ([fact]) => fact, factView);
  const node = h('li', {}, h('h3', {}, words(name)), state, facts);
  let known;
  return {
    node,
    update: ([, { status, ...found }]) => {
      if (known !== status) {
        node.className = `card component is-${status}`;
        fill(state, icon(status), status);
        known = status;
      }
      const shown = Object.entries(found).filter(([, value]) => isFact(value));
      showFacts(shown.slice(0, MOST_FACTS));
    },
  };
}

const isFact = (value) => value !== null && !(typeof value === 'object' && !Array.isArray(value));

function factView([name]) {
  const value = h('dd', {});
  return {
    node: h('div', {}, h('dt', {}, words(withoutUnit(name))), value),
    update: ([, given]) => say(value, inUnit(name, given)),
  };
}
