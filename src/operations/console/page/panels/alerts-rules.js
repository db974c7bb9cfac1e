import { live, loadRules, onLive } from '../app/live.js';
import { button, section, tag } from '../parts/fields.js';
import { duration } from '../parts/format.js';
import { table } from '../parts/table.js';
import { inUnit } from '../parts/units.js';
import { editRule } from './alert-rule-dialog.js';

/** When somebody is called; each can be changed and tried out. */
export function rulesOf(signal) {
  const view = table({ label: 'Rules', columns: COLUMNS });
  let shown;
  const update = () => {
    const rules = JSON.stringify(live.rules);
    if (rules === shown) return;
    shown = rules;
    view.show(live.rules);
  };
  onLive((what) => what === 'alerts' && update(), signal);
  update();
  void loadRules().catch((error) => view.fail(error.message));
  return section(
    'Rules',
    button('Add a rule', () => editRule()),
    view.node,
  );
}

const COLUMNS = [
  { label: 'Rule', cell: ({ title }) => title },
  { label: 'When', cell: condition },
  { label: 'Now', cell: ({ series, value }) => inUnit(series, value), kind: 'number' },
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
