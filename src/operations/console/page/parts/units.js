import { bytes, count, duration, milliseconds, percent, plain } from './format.js';

const UNITS = [
  ['Bytes', bytes],
  ['Ratio', percent],
  ['Rate', percent],
  ['Ms', milliseconds],
  ['Seconds', duration],
];

/** Names end in their unit, as everywhere in the service. */
export function inUnit(name, value) {
  if (typeof value !== 'number') return plain(value);
  const unit = UNITS.find(([suffix]) => name.endsWith(suffix));
  return unit ? unit[1](value) : count(value);
}

export function withoutUnit(name) {
  const unit = UNITS.find(([suffix]) => name.endsWith(suffix));
  return unit ? name.slice(0, -unit[0].length) : name;
}
