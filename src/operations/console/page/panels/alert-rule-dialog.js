import { send } from '../app/api.js';
import { live, loadRules } from '../app/live.js';
import { openDialog } from '../parts/dialog.js';
import { fill, h } from '../parts/dom.js';
import { field, form, input, select, tag } from '../parts/fields.js';
import { duration } from '../parts/format.js';
import { attempt, notice } from '../parts/notices.js';
import { time } from '../parts/time.js';
import { inUnit } from '../parts/units.js';

const NEW = {
  title: '',
  series: 'requestsPerSecond',
  comparison: 'above',
  threshold: 100,
  clearAt: 90,
  forSeconds: 60,
  minimumRequests: 0,
  severity: 'byExcess',
  isEnabled: true,
};

const SEVERITIES = [['byExcess', 'by how far it is beyond'], 'medium', 'high', 'critical'];

/** Changes a rule, or adds one; trying it out changes nothing. */
export function editRule(rule) {
  openDialog(rule ? `Rule ${rule.id}` : 'A new rule', (close) => {
    const outcome = h('div', { role: 'status', class: 'stack' });
    const act = {
      try: (id, settings) => tryOut(outcome, id, settings),
      save: async (id, settings) => (await save(id, settings)) && close(),
      reset: async (id) => (await reset(id)) && close(),
    };
    return form(
      { class: 'stack' },
      (values, action) => act[action](rule?.id ?? values.id, settingsOf(values)),
      fieldsOf(rule),
      outcome,
      actionsOf(rule, close),
    );
  });
}

function fieldsOf(rule) {
  const { title, series, comparison, threshold, clearAt, ...rest } = rule ?? NEW;
  const number = { type: 'number', step: 'any', required: true };
  const names = live.series.length > 0 ? live.series : [series];
  return h(
    'div',
    { class: 'filters' },
    rule
      ? null
      : field(
          'Name',
          input('id', { required: true, pattern: '[a-z][a-z0-9\\-]{0,49}' }),
          'a to z, digits and -',
        ),
    field('What is wrong when it is broken', input('title', { value: title, required: true })),
    field('Series', select('series', names, series)),
    field('Trouble is', select('comparison', ['above', 'below'], comparison)),
    field('Threshold', input('threshold', { ...number, value: threshold }), 'ratios from 0 to 1'),
    field('Over again at', input('clearAt', { ...number, value: clearAt })),
    field(
      'For so many seconds',
      input('forSeconds', { ...number, step: 1, min: 0, max: 3_600, value: rest.forSeconds }),
    ),
    field(
      'From so many requests a minute',
      input('minimumRequests', { ...number, step: 1, min: 0, value: rest.minimumRequests }),
    ),
    field('Severity', select('severity', SEVERITIES, rest.severity)),
    h(
      'label',
      { class: 'check' },
      h('input', { type: 'checkbox', name: 'isEnabled', checked: rest.isEnabled }),
      h('span', {}, 'It is on'),
    ),
  );
}

function actionButton(value, label, className) {
  return h('button', { value, class: className }, label);
}

function actionsOf(rule, close) {
  const canReset = rule && (rule.isChanged || !rule.isDefault);
  return h(
    'div',
    { class: 'actions' },
    h('button', { type: 'button', onclick: close }, 'Leave it'),
    canReset && actionButton('reset', rule.isDefault ? 'Back to the default' : 'Remove', 'danger'),
    actionButton('try', 'Try on the last hour'),
    actionButton('save', 'Save', 'primary'),
  );
}

function settingsOf({ id: _id, isEnabled, ...values }) {
  const numbers = ['threshold', 'clearAt', 'forSeconds', 'minimumRequests'];
  const parsed = numbers.map((name) => [name, Number(values[name])]);
  return { ...values, ...Object.fromEntries(parsed), isEnabled: isEnabled !== undefined };
}

async function tryOut(outcome, id, settings) {
  await attempt(async () => {
    const { coveredSeconds, episodes } = await send(
      'POST',
      `/v1/alerts/rules/${id}/dry-run`,
      settings,
    );
    fill(
      outcome,
      h('p', {}, sayEpisodes(episodes.length, coveredSeconds)),
      h(
        'ul',
        { class: 'stack' },
        episodes.map((each) => episode(each, settings.series)),
      ),
    );
  });
}

function sayEpisodes(many, coveredSeconds) {
  const known = duration(coveredSeconds);
  if (many === 0) return `It would have raised nothing in the last ${known}.`;
  return `In the last ${known} it would have raised ${many === 1 ? 'one alert' : `${many} alerts`}:`;
}

function episode({ from, to, severity, worst }, series) {
  const end = to ? [' to ', time(to)] : ' until now';
  return h(
    'li',
    {},
    tag(severity, severity),
    ' ',
    time(from),
    end,
    `, ${inUnit(series, worst)} at worst`,
  );
}

function save(id, settings) {
  return attempt(async () => {
    await send('PUT', `/v1/alerts/rules/${id}`, settings);
    await loadRules();
  }, `Rule ${id} holds in every process within ten seconds.`);
}

function reset(id) {
  return attempt(async () => {
    await send('DELETE', `/v1/alerts/rules/${id}`);
    await loadRules();
    notice(`Rule ${id} is as it was.`);
  });
}
