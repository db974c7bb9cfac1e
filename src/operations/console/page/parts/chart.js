import uPlot from '../vendor/uplot.js';
import { fill, h, keyed, say } from './dom.js';
import { localTime } from './format.js';

const HEIGHT = 148;
/** Charts that move together: the cursor of one is the cursor of all. */
const SYNC = uPlot.sync('console');

/**
 * Lines over time. `series` are `{ label, colour }`, `format` says a value in words, `most` bounds the
 * scale (else what is there does). `draw(columns, thresholds, seconds)` shows `[times, values, …]`.
 */
export function chart({ title, series, format, most }) {
  const value = h('span', { class: 'chart-value' }, '–');
  const caption = h('p', { class: 'chart-caption' });
  const showCaption = keyed(caption, ({ key }) => key, captionPart);
  const canvas = h('div', { class: 'chart-canvas', role: 'img', 'aria-label': title });
  const table = h('details', { class: 'chart-table' }, h('summary', {}, 'Values'), h('div', {}));
  const node = h(
    'article',
    { class: 'card chart' },
    h('header', {}, h('h3', {}, title), value),
    canvas,
    caption,
    table,
  );
  let shown = { columns: [[]], thresholds: [], seconds: 900 };
  let plot;

  const build = () => {
    plot?.destroy();
    const options = plotOptions(canvas, { series, format, most }, () => shown, sayCursor);
    plot = new uPlot(options, shown.columns, canvas);
  };
  const sayCursor = (index) => showCaption(captionOf(shown, series, format, index));
  const tabulate = () => table.open && fill(table.lastElementChild, tableOf(shown, series, format));
  table.addEventListener('toggle', tabulate);
  const observer = new ResizeObserver(() => {
    plot?.setSize({ width: Math.max(canvas.clientWidth, 100), height: HEIGHT });
  });

  return {
    node,
    draw(columns, thresholds, seconds, headline) {
      shown = { columns, thresholds, seconds };
      if (plot) plot.setData(columns);
      else if (canvas.isConnected) build();
      say(value, format(headline ?? columns[1]?.at(-1) ?? null));
      sayCursor(null);
      canvas.setAttribute('aria-label', inWords(title, shown, series, format));
      tabulate();
    },
    watch(signal) {
      observer.observe(canvas);
      addEventListener('themechange', () => plot && build(), { signal });
      signal.addEventListener('abort', () => {
        observer.disconnect();
        plot?.destroy();
      });
    },
  };
}

function plotOptions(canvas, { series, format, most }, shown, onCursor) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const font = `11px ${style.getPropertyValue('--font')}`;
  const axis = { stroke: colour('muted'), font, ticks: { show: false } };
  const grid = { stroke: colour('line'), width: 1 };
  return {
    width: Math.max(canvas.clientWidth, 100),
    height: HEIGHT,
    padding: [8, 6, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: SYNC.key },
      y: false,
      drag: { setScale: false },
      points: { size: 6 },
    },
    scales: {
      x: { range: () => timeRange(shown()) },
      y: { range: (_plot, _min, max) => [0, topOf(max, most, shown().thresholds)] },
    },
    axes: [
      { ...axis, grid: { show: false }, size: 22, space: 64, values: clockLabels },
      { ...axis, grid, size: 50, space: 34, values: (_plot, marks) => marks.map(format) },
    ],
    series: [
      {},
      ...series.map(({ label, colour: name }, index) => ({
        label,
        stroke: colour(name),
        width: index === 0 ? 2 : 1.5,
        fill: index === 0 && series.length === 1 ? `${colour(name)}22` : undefined,
        points: { size: 4, width: 1 },
        spanGaps: false,
      })),
    ],
    hooks: {
      draw: [(plot) => drawThresholds(plot, shown().thresholds, colour('bad'))],
      setCursor: [({ cursor }) => onCursor(cursor.idx ?? null)],
    },
  };
}

/** A chart of a young process shows how young it is. */
function timeRange({ columns: [times], seconds }) {
  const end = times.at(-1) ?? Date.now() / 1_000;
  return [end - seconds, end];
}

/** A limit that is nearly reached is in the picture; one that is far off must not flatten it. */
function topOf(max, most, thresholds) {
  if (most !== undefined) return most;
  const near = thresholds.filter(({ value }) => value <= (max ?? 0) * 3).map(({ value }) => value);
  return Math.max(max ?? 0, ...near, Number.MIN_VALUE) * 1.15 || 1;
}

function clockLabels(_plot, marks) {
  return marks.map((seconds) => localTime(seconds * 1_000).slice(-8, -3));
}

function drawThresholds(plot, thresholds, colour) {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  for (const { value } of thresholds) {
    const y = plot.valToPos(value, 'y', true);
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    ctx.save();
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1.5 * ratio;
    ctx.setLineDash([5 * ratio, 4 * ratio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.restore();
  }
}

function captionOf({ columns, thresholds }, series, format, index) {
  const at = index ?? columns[0].length - 1;
  const when = index === null ? '' : localTime(columns[0][at] * 1_000);
  const values = series.map(({ label, colour }, nth) => ({
    key: label,
    colour,
    text: `${label} ${format(columns[nth + 1]?.[at] ?? null)}`,
  }));
  const limits = thresholds.map(({ text }) => ({ key: text, colour: 'limit', text }));
  const isSaid = series.length > 1 || index !== null;
  return [{ key: 'when', text: when }, ...(isSaid ? values : []), ...limits].filter(
    ({ text }) => text !== '',
  );
}

/** A word of the caption, behind a stroke as the picture draws it. */
function captionPart({ colour }) {
  const text = h('span', {});
  return {
    node: h('span', {}, colour && h('span', { class: `key key-${colour}` }), text),
    update: (part) => say(text, part.text),
  };
}

function lastKnown(values, format) {
  return format(values?.at(-1) ?? null);
}

/** The same for those who do not see the picture. */
function inWords(title, { columns, thresholds }, series, format) {
  const each = series.map(({ label }, index) => {
    const known = (columns[index + 1] ?? []).filter((value) => value !== null);
    if (known.length === 0) return `${label} not known`;
    return `${label} now ${lastKnown(columns[index + 1], format)}, highest ${format(known.reduce((a, b) => Math.max(a, b)))}`;
  });
  return `${title}. ${each.join('; ')}. ${thresholds.map(({ text }) => text).join(', ')}`;
}

const ROWS = 12;

function tableOf({ columns }, series, format) {
  const [times] = columns;
  const step = Math.max(1, Math.floor(times.length / ROWS));
  const rows = times
    .map((_, index) => index)
    .filter((index) => (times.length - 1 - index) % step === 0);
  return h(
    'table',
    {},
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        ['Time', ...series.map(({ label }) => label)].map((text) =>
          h('th', { scope: 'col' }, text),
        ),
      ),
    ),
    h(
      'tbody',
      {},
      rows.toReversed().map((index) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row' }, localTime(times[index] * 1_000)),
          series.map((_, nth) => h('td', {}, format(columns[nth + 1]?.[index] ?? null))),
        ),
      ),
    ),
  );
}
