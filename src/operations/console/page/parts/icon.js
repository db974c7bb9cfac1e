import { h } from './dom.js';

/** Drawn on a grid of 24, in strokes. */
const PATHS = {
  healthy: 'M20 7 10 17l-5-5',
  degraded: 'M12 4 2.8 20h18.4zM12 10v4M12 17v.2',
  unhealthy: 'M6 6l12 12M18 6 6 18',
  off: 'M6 12h12',
  unknown: 'M9 9a3 3 0 1 1 4.2 2.8c-.8.4-1.2 1-1.2 1.9M12 17.5v.2',
  overview: 'M3 13h5l2-7 4 13 2-6h5',
  alerts: 'M6 10a6 6 0 0 1 12 0c0 6 2 7 2 7H4s2-1 2-7M10 20.5h4',
  audit: 'M6 3h9l4 4v14H6zM9.5 12h6M9.5 16h6M14.5 3.5V8H19',
  security: 'M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6z',
  people:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2.5 20c0-3.5 2.5-6 6.5-6s6.5 2.5 6.5 6M16 4.5a3.5 3.5 0 0 1 0 6M18 14.5c2 .8 3.5 2.5 3.5 5.5',
  jobs: 'M4 6h10M4 12h16M4 18h7M18 4v4M16 6h4',
  database:
    'M4 6c0-1.7 3.6-3 8-3s8 1.3 8 3-3.6 3-8 3-8-1.3-8-3v12c0 1.7 3.6 3 8 3s8-1.3 8-3V6M4 12c0 1.7 3.6 3 8 3s8-1.3 8-3',
  dependencies: 'M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.500l8 4.500 8-4.500M12 12v9',
  logs: 'M5 5h14M5 10h9M5 15h14M5 20h6',
  settings: 'M4 7h9M19 7h1M4 17h1M11 17h9M16 4.5v5M8 14.5v5',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.400M17.6 17.6 19 19M19 5l-1.4 1.400M6.4 17.6 5 19',
  leave: 'M14 4h5v16h-5M3.5 12H15M11 8l4 4-4 4',
  keyboard: 'M3 6h18v12H3zM7 10h.1M11 10h.1M15 10h.1M7 14h10',
};

/** A sign beside text that says the same: nothing for a screen reader. */
export function icon(name, className = '') {
  return h(
    'svg',
    { class: `icon ${className}`.trim(), viewBox: '0 0 24 24', 'aria-hidden': 'true' },
    h('path', { d: PATHS[name] ?? PATHS.unknown }),
  );
}
