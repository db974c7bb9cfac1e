import { h } from './dom.js';
import { localTime, utc } from './format.js';

/** An instant in local time, with UTC on hover; for machines as it is. */
export function time(instant) {
  if (instant === null || instant === undefined) return '–';
  const date = new Date(instant);
  return h('time', { datetime: date.toISOString(), title: utc(date) }, localTime(date));
}
