import { inUnit } from '../parts/units.js';
import { live } from './live.js';

/** A value of the series that an alert is about, in its unit. */
export function alertValue({ rule }, value) {
  const series = live.rules.find(({ id }) => id === rule)?.series ?? '';
  return inUnit(series, value);
}
