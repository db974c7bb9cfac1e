import { duration, plain, sentenceCase, words } from '../parts/format.js';
import { alertValue } from './alert-values.js';
import { isStale, live } from './live.js';

const RANK = { unhealthy: 0, critical: 1, high: 2, degraded: 3, medium: 4 };

/** What to say of a part in that state; the rest is said from what it found. */
const SENTENCES = {
  'database unhealthy': 'The database does not answer: data routes say 503.',
  'database degraded': 'The database is slow, or calls to it fail.',
  'rateLimits degraded': 'Redis is away: limits count in each process alone.',
  'cache degraded': 'Redis is away: each process has its own cache.',
  'queue degraded': 'The queue is behind, or holds dead jobs.',
  'queue unhealthy': 'The queue does not work: letters and webhooks wait.',
  'audit degraded': 'The audit trail is behind: entries wait to be written.',
};

/** How the service does, in a sentence, and what is wrong, the worst first. */
export function verdict() {
  const { health, alerts } = live;
  if (!health) {
    const sentence = live.lostBecause ?? 'Asking the service how it is.';
    return { status: 'unknown', sentence, problems: [] };
  }
  if (isStale()) return { ...staleness(), problems: [] };
  const problems = [...partProblems(health), ...alertProblems(alerts)].toSorted(
    (one, other) => RANK[one.rank] - RANK[other.rank],
  );
  if (problems.length === 0) return quiet(alerts.length);
  const status = problems.some(({ rank }) => RANK[rank] <= RANK.critical)
    ? 'unhealthy'
    : 'degraded';
  const sentence =
    problems.length === 1 ? problems[0].text : `${problems.length} things need a look.`;
  return { status, sentence, problems };
}

/** What somebody sees to is not shouted, and not hidden either. */
function quiet(seenTo) {
  if (seenTo === 0) return { status: 'healthy', sentence: 'All is well.', problems: [] };
  const what = seenTo === 1 ? 'one alert is' : `${seenTo} alerts are`;
  return { status: 'degraded', sentence: `Nothing new: ${what} seen to.`, problems: [] };
}

function staleness() {
  const seconds = live.lastNewsAt ? (Date.now() - live.lastNewsAt) / 1_000 : 0;
  return { status: 'unknown', sentence: `No news for ${duration(seconds)}.` };
}

function partProblems(health) {
  return Object.entries(health)
    .filter(([name, part]) => name !== 'alerts' && part && typeof part === 'object')
    .filter(([, { status }]) => status === 'degraded' || status === 'unhealthy')
    .map(([name, part]) => ({
      key: `part ${name}`,
      rank: part.status,
      text: textOfPart(name, part),
      panel: 'overview',
    }));
}

function textOfPart(name, { status, reason, phase, step }) {
  if (name === 'lifecycle') return `The service is ${phase}${step ? `: ${plain(step)}` : ''}.`;
  if (reason) return `${sentenceCase(words(name))} is ${status}: ${plain(reason)}.`;
  return SENTENCES[`${name} ${status}`] ?? `${sentenceCase(words(name))} is ${status}.`;
}

function alertProblems(alerts) {
  return alerts
    .filter(({ acknowledgedAt, silencedUntil }) => !acknowledgedAt && !silencedUntil)
    .map((alert) => ({
      key: `alert ${alert.id}`,
      rank: alert.severity,
      text: `${alert.title}: ${alertValue(alert, alert.value)}, limit ${alertValue(alert, alert.threshold)}.`,
      panel: 'alerts',
    }));
}
