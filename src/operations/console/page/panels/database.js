import { get, send } from '../app/api.js';
import { fill, h, link } from '../parts/dom.js';
import { button, section } from '../parts/fields.js';
import { milliseconds, words } from '../parts/format.js';
import { attempt } from '../parts/notices.js';
import { table } from '../parts/table.js';
import { time } from '../parts/time.js';
import { inUnit, withoutUnit } from '../parts/units.js';

/** How the database is called, and what took long. */
export const database = {
  id: 'database',
  title: 'Database',
  sign: 'database',
  lead: 'How this process calls the database, and how that goes.',
  show(root) {
    const facts = h('div', { class: 'components' });
    const slow = table({
      label: 'Slow statements',
      columns: SLOW,
      nothing: 'No statement was slow.',
    });
    const reset = button('Count from zero', () =>
      attempt(async () => {
        await send('POST', '/hardening/database/reset-metrics');
        await load(facts, slow);
      }, 'Calls are counted from zero.'),
    );
    fill(root, section('Calls', reset, facts), section('Slow statements', null, slow.node));
    void load(facts, slow);
  },
};

async function load(facts, slow) {
  try {
    const report = await get('/hardening/database');
    fill(
      facts,
      GROUPS.map(([title, pick]) => factCard(title, pick(report))),
    );
    slow.show((await get('/hardening/slow-queries')).items);
  } catch (error) {
    slow.fail(error.message);
  }
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
