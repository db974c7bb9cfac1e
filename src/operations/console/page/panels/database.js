import { get, send } from '../app/api.js';
import { fill, h, link } from '../parts/dom.js';
import { button, section } from '../parts/fields.js';
import { milliseconds, words } from '../parts/format.js';
import { attempt } from '../parts/notices.js';
import { table } from '../parts/table.js';
import { time } from '../parts/time.js';
import { inUnit, withoutUnit } from '../parts/units.js';

const RELOAD_MS = 5_000;

/** How the database is called, and what took long. */
export const database = {
  id: 'database',
  title: 'Database',
  sign: 'database',
  lead: 'How this process calls the database, and how that goes.',
  show(root, signal) {
    const facts = h('div', { class: 'components' });
    const slow = table({
      label: 'Slow statements',
      columns: SLOW,
      nothing: 'No statement was slow.',
    });
    const load = loader(facts, slow, signal);
    const reset = button('Count from zero', () =>
      attempt(async () => {
        await send('POST', '/hardening/database/reset-metrics');
        await load();
      }, 'Calls are counted from zero.'),
    );
    const timer = setInterval(() => void load(), RELOAD_MS);
    signal.addEventListener('abort', () => clearInterval(timer));
    fill(root, section('Calls', reset, facts), section('Slow statements', null, slow.node));
    void load();
  },
};

/** Shows what is new: slow statements that are read, or copied, stay as they are. */
function loader(facts, slow, signal) {
  let shown;
  return async () => {
    try {
      const report = await get('/hardening/database', { signal });
      fill(
        facts,
        GROUPS.map(([title, pick]) => factCard(title, pick(report))),
      );
      const { items } = await get('/hardening/slow-queries', { signal });
      if (JSON.stringify(items) !== shown) slow.show(items);
      shown = JSON.stringify(items);
    } catch (error) {
      if (error.name === 'AbortError') return;
      shown = undefined;
      slow.fail(error.message);
    }
  };
}

const GROUPS = [
  ['State', ({ engine, breaker, latencyMs }) => ({ engine, breaker, latencyMs })],
  ['Pool', ({ pool }) => pool],
  ['Statistics', statisticsOf],
  ['Limits', ({ limits }) => limits],
];

function statisticsOf({ statistics: { operations: _each, since: _since, latencyMs, ...all } }) {
  const { p50, p95, p99, max } = latencyMs;
  return { ...all, p50Ms: p50, p95Ms: p95, p99Ms: p99, longestMs: max };
}

function factCard(title, facts) {
  return h(
    'article',
    { class: 'card component' },
    h('h3', {}, title),
    h(
      'dl',
      {},
      Object.entries(facts).map(([name, value]) =>
        h('div', {}, h('dt', {}, words(withoutUnit(name))), h('dd', {}, inUnit(name, value))),
      ),
    ),
  );
}

const SLOW = [
  { label: 'Time', cell: ({ time: at }) => time(at) },
  { label: 'Took', cell: ({ durationMs }) => milliseconds(durationMs), kind: 'number' },
  { label: 'Statement', cell: ({ sql }) => h('code', {}, sql) },
  {
    label: 'Request',
    cell: ({ requestId }) => (requestId ? link('audit', { requestId }, requestId) : '–'),
    kind: 'mono',
  },
];
