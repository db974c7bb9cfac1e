import { get } from './api.js';
import { readEvents } from './event-stream.js';
import { addTick, loadHistory } from './history.js';

const MOST_EVENTS = 200;
/** Two ticks that did not come. */
export const STALE_AFTER_MS = 12_000;

/** What is known of the service at this moment. */
export const live = {
  health: null,
  /** Those that are not over, of all processes. */
  alerts: [],
  rules: [],
  /** What rules may be about. */
  series: [],
  /** What the edge noticed, the latest first. */
  security: [],
  lastNewsAt: null,
  lostBecause: null,
};

const listeners = new Set();

/** Calls back with `tick`, `health`, `rules`, `alerts`, `security`, `lost` or `clock`, until the signal. */
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

/** Asks for the rules of alerting after a change, before the next news says the same. */
export async function loadRules() {
  heard.rules(await get('/v1/alerts/rules'));
}

/** Takes over what came of an action on an alert, before the next news says the same. */
export function replaceAlert(alert) {
  live.alerts = live.alerts.map((each) => (each.id === alert.id ? alert : each));
  tell('alerts');
}

const heard = {
  hello: async () => {
    // what happened while nobody listened
    await Promise.allSettled([loadHistory('5s'), loadHistory('1m')]);
    tell('tick');
  },
  tick: (point) => {
    addTick(point);
    tell('tick');
  },
  health: (health) => {
    live.health = health;
    tell('health');
  },
  rules: ({ items, series }) => {
    live.rules = items;
    live.series = series;
    tell('rules');
  },
  alerts: ({ items }) => {
    live.alerts = items;
    tell('alerts');
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
