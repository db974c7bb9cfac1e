import { alertValue } from '../app/alert-values.js';
import { get, withQuery } from '../app/api.js';
import { button, section, tag } from '../parts/fields.js';
import { duration } from '../parts/format.js';
import { pages, table } from '../parts/table.js';
import { time } from '../parts/time.js';

const PAGE = 20;

/** The alerts of the last ninety days; asked for only when somebody wants to know. */
export function pastAlerts() {
  const view = table({
    label: 'Past alerts',
    columns: COLUMNS,
    nothing: 'There has been no alert.',
  });
  view.node.hidden = true;
  const all = pages(view, (cursor) =>
    get(withQuery('/v1/alerts', { state: 'all', limit: PAGE, cursor })),
  );
  const show = button('Show', () => {
    view.node.hidden = false;
    return all.restart();
  });
  return section('The last ninety days', show, view.node);
}

const COLUMNS = [
  { label: 'Raised', cell: ({ raisedAt }) => time(raisedAt) },
  { label: 'What', cell: ({ title }) => title },
  { label: 'Severity', cell: ({ severity }) => tag(severity, severity) },
  { label: 'Worst', cell: (alert) => alertValue(alert, alert.value), kind: 'number' },
  { label: 'Over after', cell: lasted },
  { label: 'Process', cell: ({ instance }) => instance },
];

function lasted({ raisedAt, resolvedAt }) {
  if (resolvedAt === null) return tag('active', 'degraded');
  return duration((Date.parse(resolvedAt) - Date.parse(raisedAt)) / 1_000);
}
