import { isStale, live, onLive } from '../app/live.js';
import { verdict } from '../app/verdict.js';
import { fill, h, keyed, say } from '../parts/dom.js';
import { count, duration, localTime, milliseconds, percent } from '../parts/format.js';
import { icon } from '../parts/icon.js';
import { chartsOf } from './overview-charts-grid.js';
import { componentsOf } from './overview-components.js';

/** One screen that says in two seconds whether all is well. */
export const overview = {
  id: 'overview',
  title: 'Overview',
  sign: 'overview',
  lead: 'How the service does at this moment, in this process.',
  show(root, signal) {
    fill(root, hero(signal), chartsOf(signal), componentsOf(signal));
  },
};

function hero(signal) {
  const sign = h('span', { class: 'hero-sign' });
  const sentence = h('p', { class: 'hero-sentence' });
  const facts = h('p', { class: 'hero-facts' });
  const list = h('ul', { class: 'problems' });
  const node = h(
    'section',
    { 'aria-label': 'Whether it is well' },
    sign,
    h('div', { class: 'hero-words' }, sentence, facts, list),
  );
  const showProblems = keyed(list, ({ key }) => key, problemView);
  let known;
  const update = () => {
    const { status, sentence: text, problems } = verdict();
    if (known !== status) {
      fill(sign, icon(status));
      node.className = `hero is-${status}`;
      known = status;
    }
    say(sentence, text);
    say(facts, factsOf());
    showProblems(problems.length > 1 ? problems : []);
  };
  onLive(update, signal);
  update();
  return node;
}

function problemView({ rank, panel }) {
  const link = h('a', { href: `#/${panel}` });
  return {
    node: h(
      'li',
      { class: `is-${rank}` },
      icon(rank === 'unhealthy' || rank === 'critical' ? 'unhealthy' : 'degraded'),
      link,
    ),
    update: ({ text }) => say(link, text),
  };
}

/** The second line: how much, how fast, how often wrong. */
function factsOf() {
  const { health } = live;
  if (!health) return '';
  if (isStale()) return `The last news is of ${localTime(live.lastNewsAt)}.`;
  const { perSecond, errorRatio, p95Ms } = health.requests ?? {};
  const errors = errorRatio ? `${percent(errorRatio)} errors` : 'no errors';
  const load =
    perSecond > 0
      ? `${count(perSecond)} requests a second, 95 % of them within ${milliseconds(p95Ms)}, ${errors}.`
      : 'No requests in the last minute.';
  return `${load} Up for ${duration(health.uptime)}.`;
}
