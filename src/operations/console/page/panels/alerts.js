import { alertValue } from '../app/alert-values.js';
import { send } from '../app/api.js';
import { live, onLive, replaceAlert } from '../app/live.js';
import { fill, h, keyed, link, say } from '../parts/dom.js';
import { button, section, tag } from '../parts/fields.js';
import { duration, localTime } from '../parts/format.js';
import { attempt, notice } from '../parts/notices.js';
import { time } from '../parts/time.js';
import { pastAlerts } from './alerts-past.js';
import { rulesOf } from './alerts-rules.js';

const SILENCES = [
  ['1 h', 3_600],
  ['8 h', 28_800],
];

/** What is wrong now, who sees to it, and when somebody is called. */
export const alerts = {
  id: 'alerts',
  title: 'Alerts',
  sign: 'alerts',
  lead: 'What is wrong now, in every process, and when somebody is called.',
  show(root, signal) {
    fill(root, activeAlerts(signal), rulesOf(signal), pastAlerts());
  },
};

function activeAlerts(signal) {
  const list = h('ul', { class: 'stack' });
  const nothing = h('p', { class: 'card muted' }, 'No alert is active.');
  const show = keyed(list, ({ id }) => id, alertView);
  const update = () => {
    show(live.alerts);
    nothing.hidden = live.alerts.length > 0;
  };
  onLive((what) => what === 'alerts' && update(), signal);
  update();
  return section('Active', button('Send a test', sendTest), list, nothing);
}

function alertView({ id, runbook }) {
  const severity = h('span', {});
  const title = h('h3', {});
  const facts = h('p', { class: 'muted' });
  const state = h('p', {});
  const acknowledge = button('Acknowledge', () =>
    act(`/v1/alerts/${id}/acknowledge`, undefined, 'Acknowledged: nobody is reminded of it.'),
  );
  const silences = SILENCES.map(([label, forSeconds]) =>
    button(`Silence ${label}`, () =>
      act(`/v1/alerts/${id}/silence`, { forSeconds }, `Silent for ${label}.`),
    ),
  );
  const unsilence = button('End the silence', () =>
    act(`/v1/alerts/${id}/silence`, { forSeconds: 0 }, 'People are told again.'),
  );
  return {
    node: h(
      'li',
      { class: 'card alert' },
      h('div', { class: 'alert-words' }, severity, title, facts, state),
      h('div', { class: 'actions' }, acknowledge, silences, unsilence),
    ),
    update: (alert) => {
      fill(severity, tag(alert.severity, alert.severity));
      say(title, alert.title);
      fill(facts, factsOf(alert), linkTo(runbook));
      fill(state, stateOf(alert));
      acknowledge.hidden = alert.acknowledgedAt !== null;
      for (const silence of silences) silence.hidden = alert.silencedUntil !== null;
      unsilence.hidden = alert.silencedUntil === null;
    },
  };
}

function factsOf(alert) {
  const { value, threshold, instance, raisedAt, occurrences } = alert;
  const again = occurrences > 1 ? `, ${occurrences} times` : '';
  const worst = `${alertValue(alert, value)} at worst, limit ${alertValue(alert, threshold)}`;
  return [`${worst}. On ${instance} since `, time(raisedAt), `${again}. `];
}

function linkTo(runbook) {
  if (!/^https?:\/\//.test(runbook)) return h('span', {}, `Runbook: ${runbook}`);
  return h('a', { href: runbook, rel: 'noreferrer' }, 'Runbook');
}

function stateOf({ acknowledgedAt, acknowledgedBy, silencedUntil }) {
  return [
    acknowledgedAt && [
      `Acknowledged at ${localTime(acknowledgedAt)} by `,
      link('audit', { actor: acknowledgedBy }, acknowledgedBy),
      '. ',
    ],
    silencedUntil && `Silent for ${duration((Date.parse(silencedUntil) - Date.now()) / 1_000)}.`,
  ];
}

async function act(path, body, success) {
  await attempt(async () => replaceAlert(await send('POST', path, body)), success);
}

async function sendTest() {
  await attempt(async () => {
    const { routes } = await send('POST', '/v1/alerts/test');
    for (const { route, outcome, reason } of routes) {
      const isWell = outcome === 'delivered';
      notice(
        `Test over ${route}: ${outcome}${reason ? `, ${reason}` : ''}.`,
        isWell ? 'healthy' : 'unhealthy',
      );
    }
    if (routes.length === 0) notice('No route is configured: alerts stand in the log only.');
  });
}
