import { fieldRule, type OfEach } from './field-rule.js';

/** Minor units as a whole number, or text in major units: 1234 and "12.34" are the same money. */
type Amount = number | string;

interface MoneyOptions extends OfEach {
  /** ISO 4217; says how many decimals there are. USD. */
  currency?: string;
  /** 0: a refund says that it is one. */
  min?: Amount;
  max?: Amount;
}

/**
 * An amount of money, kept as a whole number of minor units (cents): "12.34" and 1234 both become 1234.
 * Never a fraction: 12.34 without quotes is refused, for it is not 12.34 in binary.
 */
export function IsMoney({ currency = 'USD', min = 0, max = 1e12, each }: MoneyOptions = {}) {
  const decimals = decimalsOf(currency);
  const pattern = patternOf(decimals);
  const shape = new RegExp(pattern);
  const unitsOf = (value: unknown) =>
    typeof value === 'string' && shape.test(value) ? minorUnits(value, decimals) : value;
  const least = unitsOf(min) as number;
  const most = unitsOf(max) as number;
  if (!Number.isSafeInteger(least) || !Number.isSafeInteger(most)) {
    throw new TypeError(`IsMoney: ${min} to ${max} are no amounts of ${currency}`);
  }
  return fieldRule({
    name: 'isMoney',
    each,
    reads: unitsOf,
    takes: (value) =>
      Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most,
    wants: `must be an amount from ${majorUnits(least, decimals)} to ${majorUnits(most, decimals)} ${currency}, as text such as "${majorUnits(1234, decimals)}" or as a whole number of minor units`,
    schema: {
      oneOf: [
        { type: 'string', pattern },
        { type: 'integer', minimum: least, maximum: most },
      ],
    },
  });
}

function minorUnits(amount: string, decimals: number): number {
  const [whole = '', fraction = ''] = amount.split('.');
  const units = Number(whole + fraction.padEnd(decimals, '0'));
  return units === 0 ? 0 : units; // not -0
}

/** Digits enough for every safe integer; one too large becomes a number that is refused. */
function patternOf(decimals: number): string {
  const fraction = decimals === 0 ? '' : String.raw`(\.\d{1,${decimals}})?`;
  return String.raw`^-?(0|[1-9]\d{0,15})${fraction}$`;
}

function majorUnits(units: number, decimals: number): string {
  const digits = String(Math.abs(units)).padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  const fraction = decimals === 0 ? '' : `.${digits.slice(point)}`;
  return `${units < 0 ? '-' : ''}${digits.slice(0, point)}${fraction}`;
}

function decimalsOf(currency: string): number {
  if (!Intl.supportedValuesOf('currency').includes(currency)) {
    throw new TypeError(`IsMoney: there is no currency ${currency}`);
  }
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.resolvedOptions().maximumFractionDigits!;
}
