import { latest } from '../app/history.js';
import { live, onLive } from '../app/live.js';
import { h, say } from '../parts/dom.js';
import { button, section, tag } from '../parts/fields.js';
import { duration } from '../parts/format.js';
import { table } from '../parts/table.js';
import { inUnit } from '../parts/units.js';
import { editRule } from './alert-rule-dialog.js';

/** When somebody is called; each can be changed and tried out. */
export function rulesOf(signal) {
  const values = new Map();
  const valueOf = (rule) => {
    values.set(rule.id, h('span', {}));
    return values.get(rule.id);
  };
  const view = table({ label: 'Rules', columns: columnsOf(valueOf) });
  let shown;
  const update = () => {
    // the values change all the time: they alone, so that the focus stays where it is
    const rules = JSON.stringify(live.rules.map(({ value: _value, ...rule }) => rule));
    if (live.rules.length > 0 && rules !== shown) view.show(live.rules);
    shown = rules;
    for (const { id, series, value } of live.rules) {
      const node = values.get(id);
      if (node) say(node, inUnit(series, latest(series) ?? value));
    }
  };
  onLive((what) => (what === 'rules' || what === 'tick') && update(), signal);
  update();
  return section(
    'Rules',
    button('Add a rule', () => editRule()),
    view.node,
  );
}

const columnsOf = (valueOf) => [
  { label: 'Rule', cell: ({ title }) => title },
  { label: 'When', cell: condition },
  { label: 'Now', cell: valueOf, kind: 'number' },
  { label: 'State', cell: state },
  { label: '', cell: (rule) => button('Edit', () => editRule(rule)), kind: 'do' },
];

function condition({ series, comparison, threshold, forSeconds }) {
  const lasting = forSeconds > 0 ? ` for ${duration(forSeconds)}` : '';
  return `${series} ${comparison} ${inUnit(series, threshold)}${lasting}`;
}

function state({ isEnabled, silencedUntil, isChanged, isDefault }) {
  if (!isEnabled) return tag('off', 'off');
  if (silencedUntil) return tag('silent', 'degraded');
  if (!isDefault) return tag('added', 'info');
  return isChanged ? tag('changed', 'info') : tag('default', 'healthy');
}
