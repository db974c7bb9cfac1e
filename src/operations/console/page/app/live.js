import { get } from './api.js';
import { readEvents } from './event-stream.js';
import { addTick, loadHistory } from './history.js';

const MOST_EVENTS = 200;
/** Two ticks that did not come. */
export const STALE_AFTER_MS = 12_000;

/** What is known of the service at this moment. */
export const live = {
  health: null,
  alerts: [],
  rules: [],
  /** What the edge noticed, the latest first. */
  security: [],
  lastNewsAt: null,
  lostBecause: null,
};

const listeners = new Set();

/** Calls back with `tick`, `health`, `alerts`, `security`, `lost` or `clock`, until the signal. */
export function onLive(listener, signal) {
  listeners.add(listener);
  signal.addEventListener('abort', () => listeners.delete(listener), { once: true });
}

export function isStale() {
  return live.lastNewsAt === null || Date.now() - live.lastNewsAt > STALE_AFTER_MS;
}

/** Follows the service until the signal says that it is over. */
export function follow(signal) {
  const clock = setInterval(() => tell('clock'), 1_000);
  signal.addEventListener('abort', () => clearInterval(clock), { once: true });
  void readEvents('/hardening/events', {
    signal,
    onEvent: (name, data) => {
      live.lastNewsAt = Date.now();
      live.lostBecause = null;
      heard[name]?.(data);
    },
    onLost: (error) => {
      live.lostBecause = error.message;
      tell('lost');
    },
  });
}

/** Asks for the alerts and their rules again, after something was changed. */
export async function loadAlerts() {
  const [active, rules] = await Promise.all([get('/v1/alerts'), get('/v1/alerts/rules')]);
  live.alerts = active.items;
  live.rules = rules.items;
  tell('alerts');
}

const heard = {
  hello: async () => {
    // what happened while nobody listened
    await Promise.allSettled([loadHistory('5s'), loadHistory('1m'), loadAlerts()]);
    tell('tick');
  },
  tick: (point) => {
    addTick(point);
    tell('tick');
  },
  health: (health) => {
    const before = JSON.stringify(live.health?.alerts);
    live.health = health;
    tell('health');
    if (before !== JSON.stringify(health.alerts)) void loadAlerts().catch(() => undefined);
  },
  security: (event) => {
    live.security.unshift(event);
    live.security.length = Math.min(live.security.length, MOST_EVENTS);
    tell('security');
  },
};

function tell(what) {
  for (const listener of listeners) listener(what);
}
