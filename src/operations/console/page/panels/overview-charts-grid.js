import { areMinutesOld, columns, latest, loadHistory } from '../app/history.js';
import { live, onLive } from '../app/live.js';
import { chart } from '../parts/chart.js';
import { fill, h } from '../parts/dom.js';
import { CHARTS } from './overview-charts.js';

const RANGES = [
  { label: '15 min', seconds: 900, resolution: '5s' },
  { label: '1 h', seconds: 3_600, resolution: '5s' },
  { label: '24 h', seconds: 86_400, resolution: '1m' },
];

/** The charts, and for how long back they look. */
export function chartsOf(signal) {
  let range = RANGES[0];
  const charts = CHARTS.map((spec) => ({ spec, view: chart(spec) }));
  const draw = () => {
    for (const { spec, view } of charts) {
      const headline = spec.headline && latest(spec.headline);
      const names = spec.series.map(({ name }) => name);
      const thresholds = thresholdsOf([...names, ...(spec.limits ?? [])], spec.format);
      view.draw(
        columns(range.resolution, names, range.seconds),
        thresholds,
        range.seconds,
        headline,
      );
    }
  };
  const choose = async (chosen) => {
    range = chosen;
    if (range.resolution === '1m' && areMinutesOld())
      await loadHistory('1m').catch(() => undefined);
    draw();
  };
  onLive((what) => {
    if (what === 'tick' || what === 'rules') void choose(range);
  }, signal);
  for (const { view } of charts) view.watch(signal);
  queueMicrotask(draw);
  return h(
    'section',
    { 'aria-labelledby': 'charts-title' },
    h(
      'header',
      { class: 'section-head' },
      h('h2', { id: 'charts-title' }, 'Traffic and load'),
      rangeChoice(choose),
    ),
    fill(
      h('div', { class: 'charts' }),
      charts.map(({ view }) => view.node),
    ),
  );
}

function rangeChoice(onChoice) {
  return h(
    'fieldset',
    { class: 'choice' },
    h('legend', { class: 'unseen' }, 'How far back'),
    RANGES.map((range, index) =>
      h(
        'label',
        {},
        h('input', {
          type: 'radio',
          name: 'range',
          checked: index === 0,
          onchange: () => onChoice(range),
        }),
        h('span', {}, range.label),
      ),
    ),
  );
}

/** What alerts watch these series for. */
function thresholdsOf(names, format) {
  return live.rules
    .filter(({ series, isEnabled }) => isEnabled !== false && names.includes(series))
    .map(({ threshold, comparison }) => ({
      value: threshold,
      text: `alert ${comparison === 'below' ? 'below' : 'above'} ${format(threshold)}`,
    }));
}
