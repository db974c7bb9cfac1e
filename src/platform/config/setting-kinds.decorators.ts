import { applyDecorators } from '@nestjs/common';
import { IsInt, Max, Min, Validate } from 'class-validator';
import { RateValue } from './constraints.js';
import { durationMs, rate, sizeBytes, wholeNumber, type Rate } from './parsers.js';
import { Setting, type SettingOptions } from './setting.decorators.js';

type Common<T> = Pick<SettingOptions<T>, 'section' | 'why' | 'default' | 'example'>;

interface WholeNumberOptions extends Common<number> {
  readonly from: number;
  readonly to: number;
  /** What is counted, `milliseconds` say. */
  readonly unit?: string;
}

/** Bounds and an example as they are written, `15m` or `10k`. */
interface WrittenOptions extends Common<number> {
  readonly from: string;
  readonly to: string;
  readonly like: string;
}

/** A whole number between two, bounds included. */
export function WholeNumber({ from, to, unit = 'a whole number', ...common }: WholeNumberOptions) {
  const wanted = `${unit} from ${from} to ${to}`;
  return bounded({ ...common, wanted, parse: wholeNumber }, from, to);
}

/** A time with its unit; the value is in milliseconds. */
export function Duration(options: WrittenOptions) {
  return written('a duration', durationMs, options);
}

/** A size with its unit; the value is in bytes. */
export function Size(options: WrittenOptions) {
  return written('a size', sizeBytes, options);
}

/** So many requests in a window. */
export function RequestRate(common: Common<Rate>) {
  const wanted = 'a limit and a window such as 100/15m';
  return applyDecorators(Setting({ ...common, wanted, parse: rate }), Validate(RateValue));
}

function written(
  kind: string,
  parse: (text: string) => number | undefined,
  { from, to, like, ...common }: WrittenOptions,
) {
  const wanted = `${kind} from ${from} to ${to} such as ${like}`;
  return bounded({ ...common, wanted, parse }, parse(from)!, parse(to)!);
}

function bounded(setting: SettingOptions<number>, from: number, to: number) {
  return applyDecorators(Setting(setting), IsInt(), Min(from), Max(to));
}
