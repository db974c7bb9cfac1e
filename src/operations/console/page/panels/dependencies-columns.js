import { h } from '../parts/dom.js';
import { tag } from '../parts/fields.js';

/** The colour beside the word. */
export const LOOKS = { critical: 'critical', high: 'high', moderate: 'medium', low: 'info' };

export const FINDINGS = [
  { label: 'Package', cell: ({ package: name }) => h('code', {}, name) },
  { label: 'Severity', cell: ({ severity }) => tag(severity, LOOKS[severity]) },
  { label: 'Affected', cell: ({ range }) => range, kind: 'mono' },
  { label: 'Because of', cell: causesOf },
  { label: 'Remedy', cell: ({ remedy }) => remedy?.text ?? 'none yet' },
];

export const OUTDATED = [
  { label: 'Package', cell: ({ package: name }) => h('code', {}, name) },
  { label: 'Installed', cell: ({ current }) => current ?? 'missing', kind: 'mono' },
  { label: 'Allowed', cell: ({ wanted }) => wanted, kind: 'mono' },
  { label: 'Latest', cell: latestOf, kind: 'mono' },
];

function causesOf({ advisories, through }) {
  return h(
    'ul',
    {},
    advisories.map(({ title, url }) => h('li', {}, url ? outside(url, title || url) : title)),
    through.length > 0 && h('li', {}, `through ${through.join(', ')}`),
  );
}

/** The only way out of the console: nobody there is told where the reader comes from. */
function outside(href, text) {
  return h('a', { href, rel: 'noreferrer', target: '_blank' }, text);
}

function latestOf({ latest, isMajor }) {
  return isMajor ? [latest, ' ', tag('major', 'degraded')] : latest;
}
