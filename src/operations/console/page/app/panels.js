import { alerts } from '../panels/alerts.js';
import { audit } from '../panels/audit.js';
import { database } from '../panels/database.js';
import { dependencies } from '../panels/dependencies.js';
import { jobs } from '../panels/jobs.js';
import { logs } from '../panels/logs.js';
import { overview } from '../panels/overview.js';
import { people } from '../panels/people.js';
import { security } from '../panels/security.js';
import { settings } from '../panels/settings.js';

/** In the order of the menu and of the keys 1 to 9 and 0. */
export const panels = [
  overview,
  alerts,
  audit,
  security,
  people,
  jobs,
  database,
  logs,
  settings,
  dependencies,
];

/** The key of the panel at that place. */
export function keyOf(index) {
  return String((index + 1) % 10);
}
