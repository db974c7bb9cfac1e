import { get, send } from '../app/api.js';
import { fill, h, say } from '../parts/dom.js';
import { button, section, tag } from '../parts/fields.js';
import { count, duration, sentenceCase } from '../parts/format.js';
import { icon } from '../parts/icon.js';
import { attempt } from '../parts/notices.js';
import { table } from '../parts/table.js';
import { time } from '../parts/time.js';
import { FINDINGS, LOOKS, OUTDATED } from './dependencies-columns.js';

const RELOAD_MS = 5_000;
const SIGNS = { clean: 'healthy', findings: 'unhealthy', unknown: 'degraded' };

/** Which packages are known to be vulnerable, and which are outdated. */
export const dependencies = {
  id: 'dependencies',
  title: 'Dependencies',
  sign: 'dependencies',
  lead: 'The packages that the service runs on: which are known to be vulnerable, which are outdated.',
  show(root, signal) {
    const parts = partsOf();
    const load = async () => {
      try {
        parts.show(await get('/hardening/scan', { signal }));
      } catch (error) {
        if (error.name !== 'AbortError') parts.fail(error.message);
      }
    };
    const scan = button('Scan now', () =>
      attempt(async () => {
        await send('POST', '/hardening/scan');
        await load();
      }, 'A scan begins. What it finds shows here by itself.'),
    );
    const timer = setInterval(() => void load(), RELOAD_MS);
    signal.addEventListener('abort', () => clearInterval(timer));
    fill(
      root,
      section('Result', scan, parts.result),
      section('Vulnerable packages', null, parts.counts, parts.findings),
      section('Outdated packages', null, parts.outdated),
    );
    void load();
  },
};

/** What stands in the panel, and is made anew only when something has changed. */
function partsOf() {
  const sentence = h('p', { class: 'component-state', role: 'status' });
  const facts = h('p', { class: 'muted' });
  const result = h('div', { class: 'card stack' }, sentence, facts);
  const counts = h('ul', { class: 'components' });
  const findings = table({
    label: 'Vulnerable packages',
    columns: FINDINGS,
    nothing: 'None is known.',
  });
  const outdated = table({
    label: 'Outdated packages',
    columns: OUTDATED,
    nothing: 'None is known.',
  });
  let shown;
  return {
    result,
    counts,
    findings: findings.node,
    outdated: outdated.node,
    show(scans) {
      say(facts, factsOf(scans));
      const { latest, lastKnown } = scans;
      const now = `${latest?.takenAt} ${lastKnown?.takenAt}`;
      if (shown === now) return;
      shown = now;
      const status = SIGNS[latest?.state] ?? 'unknown';
      result.className = `card stack is-${status}`;
      fill(sentence, icon(status), h('span', {}, sentenceOf(latest, lastKnown)));
      fill(counts, Object.entries(lastKnown?.counts ?? {}).map(countView));
      findings.show(lastKnown?.findings ?? []);
      if (latest?.outdatedReason) outdated.fail(`Unknown: ${latest.outdatedReason}.`);
      else outdated.show(latest?.outdated ?? []);
    },
    fail(reason) {
      shown = undefined;
      fill(sentence, reason);
      findings.fail('Not known.');
      outdated.fail('Not known.');
    },
  };
}

function sentenceOf(latest, lastKnown) {
  if (!latest) return 'Unknown: nothing has been scanned yet.';
  if (latest.state === 'clean') return 'Clean: no package has a known vulnerability.';
  if (latest.state === 'findings') {
    const many = Object.values(latest.counts).reduce((sum, each) => sum + each);
    return `Findings: ${count(many)} ${many === 1 ? 'package has' : 'packages have'} known vulnerabilities.`;
  }
  const known = lastKnown && [
    ' Below is the latest result that is known, of ',
    time(lastKnown.takenAt),
    '.',
  ];
  return [`Unknown: ${latest.reason}.`, known];
}

/** What changes without a new scan. */
function factsOf({ scheduledAt, isRunning, latest, lastKnown }) {
  const isOld = latest?.state === 'unknown' && lastKnown;
  return [
    isRunning && 'A scan is under way.',
    latest && `Scanned ${duration(latest.ageSeconds)} ago.`,
    isOld && `Known ${duration(lastKnown.ageSeconds)} ago.`,
    scheduledAt === 'off'
      ? 'No scan is scheduled (SCAN_AT is off).'
      : `Scanned every day at ${scheduledAt} UTC.`,
  ]
    .filter(Boolean)
    .join(' ');
}

function countView([severity, many]) {
  return h(
    'li',
    { class: 'card component' },
    h('h3', {}, sentenceCase(severity)),
    tag(count(many), many > 0 ? LOOKS[severity] : 'off'),
  );
}
