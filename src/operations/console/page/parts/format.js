const NOTHING = '–';

const number = (digits) => new Intl.NumberFormat('en-GB', { maximumFractionDigits: digits });
const [whole, oneDigit] = [number(0), number(1)];
const twoSignificant = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 2 });

/** Nothing is rounded to nothing: 0.0012, 0.42, 8.1, 84, 1,240. */
export function count(value) {
  if (!isKnown(value)) return NOTHING;
  const size = Math.abs(value);
  return (
    size >= 10 || Number.isInteger(value) ? whole : size >= 1 ? oneDigit : twoSignificant
  ).format(value);
}

export function percent(ratio) {
  if (!isKnown(ratio)) return NOTHING;
  const share = ratio * 100;
  return `${(share === 0 || share >= 10 ? whole : share >= 1 ? oneDigit : twoSignificant).format(share)} %`;
}

export function milliseconds(ms) {
  if (!isKnown(ms)) return NOTHING;
  return ms >= 1_000 ? `${oneDigit.format(ms / 1_000)} s` : `${count(ms)} ms`;
}

export function bytes(value) {
  if (!isKnown(value)) return NOTHING;
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.floor(Math.log2(Math.max(value, 1)) / 10), units.length - 1);
  return `${count(value / 1_024 ** power)} ${units[power]}`;
}

/** The two largest units: 3 d 4 h, 12 min, 8 s. */
export function duration(seconds) {
  if (!isKnown(seconds)) return NOTHING;
  const units = [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
    ['s', 1],
  ];
  const first = Math.max(
    0,
    units.findIndex(([, size]) => seconds >= size),
  );
  let rest = Math.max(0, Math.round(seconds));
  if (rest < 1) return '0 s';
  const parts = units.slice(first, first + 2).map(([unit, size]) => {
    const many = Math.floor(rest / size);
    rest -= many * size;
    return many > 0 ? `${many} ${unit}` : '';
  });
  return parts.filter(Boolean).join(' ');
}

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const dayAndClock = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** In the zone of whoever looks; the date stands with it unless it is today's. */
export function localTime(instant) {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return NOTHING;
  const isToday = date.toDateString() === new Date().toDateString();
  return (isToday ? clock : dayAndClock).format(date);
}

export function utc(instant) {
  return `${new Date(instant).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `databaseLatency` → `database latency`. */
export function words(name) {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_]/g, ' ')
    .toLowerCase()
    .replaceAll(/\b(cpu|rss|sql)\b/g, (short) => short.toUpperCase());
}

export function sentenceCase(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Whatever a part of the service has to say, in one line. */
export function plain(value) {
  if (value === null || value === undefined || value === '') return NOTHING;
  if (typeof value === 'number') return count(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) {
    const isList = value.some((each) => typeof each === 'object');
    return value.length === 0 ? 'none' : isList ? count(value.length) : value.map(plain).join(', ');
  }
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([name, each]) => `${words(name)} ${plain(each)}`)
      .join(', ');
  }
  return String(value);
}

function isKnown(value) {
  return typeof value === 'number' && Number.isFinite(value);
}
