import { get, send } from '../app/api.js';
import { fill, h } from '../parts/dom.js';
import { field, form, section, select } from '../parts/fields.js';
import { attempt } from '../parts/notices.js';
import { time } from '../parts/time.js';

const LEVELS = ['error', 'warn', 'info', 'debug'];
const LENGTHS = [
  ['15', '15 minutes'],
  ['60', 'an hour'],
  ['480', '8 hours'],
  ['', 'the restart'],
];

/** How much this process logs. */
export const logs = {
  id: 'logs',
  title: 'Logs',
  sign: 'logs',
  lead: 'How much this process logs. A change is recorded, and goes back by itself.',
  show(root) {
    const place = h('div', { class: 'stack' });
    fill(root, section('Levels', null, place));
    void get('/hardening/log-levels').then(
      (view) => showLevels(place, view),
      (error) => fill(place, error.message),
    );
  },
};

function showLevels(place, { level, modules, configured, known, until }) {
  const change = ({ level: chosen, minutes, ...rest }) =>
    attempt(async () => {
      const differing = Object.entries(rest).filter(([, each]) => each !== '');
      const body = { level: chosen, modules: Object.fromEntries(differing) };
      if (minutes !== '') body.forMinutes = Number(minutes);
      showLevels(place, await send('PUT', '/hardening/log-levels', body));
    }, 'The levels have changed.');
  fill(
    place,
    h(
      'p',
      {},
      `LOG_LEVEL is ${configured}. `,
      until ? ['It holds again at ', time(until), '.'] : null,
    ),
    form(
      { class: 'card stack' },
      change,
      h(
        'div',
        { class: 'filters' },
        field('All modules', select('level', LEVELS, level)),
        field('Until', select('minutes', LENGTHS, '60')),
      ),
      h('h3', {}, 'Modules that differ'),
      h(
        'div',
        { class: 'filters' },
        known.map((name) =>
          field(name, select(name, [['', 'as all'], ...LEVELS], modules[name] ?? '')),
        ),
      ),
      h('div', { class: 'actions' }, h('button', { class: 'primary' }, 'Change')),
    ),
  );
}
