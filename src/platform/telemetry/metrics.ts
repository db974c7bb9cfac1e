import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { DurationHistogram } from './duration-histogram.js';

/**
 * The one registry of metrics (Prometheus). Whoever has something to count makes its metric here
 * once, at construction, and keeps it; what is read only when asked for is a gauge with `collect`.
 * Labels take values from small closed sets: route templates, never paths.
 */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  /** `collect` counts up from nothing when somebody looks, for what is counted elsewhere. */
  counter<L extends string = never>(
    name: string,
    help: string,
    labelNames: readonly L[] = [],
    collect?: (counter: Counter<L>) => void | Promise<void>,
  ): Counter<L> {
    return new Counter<L>({
      ...this.entry(name, help, labelNames),
      ...(collect && {
        collect() {
          this.reset();
          return collect(this);
        },
      }),
    });
  }

  /** `collect` sets its values when somebody looks. */
  gauge<L extends string = never>(
    name: string,
    help: string,
    labelNames: readonly L[] = [],
    collect?: (gauge: Gauge<L>) => void | Promise<void>,
  ): Gauge<L> {
    return new Gauge<L>({
      ...this.entry(name, help, labelNames),
      ...(collect && {
        collect() {
          return collect(this);
        },
      }),
    });
  }

  /** Durations are observed in seconds, sizes in bytes: Prometheus' base units. */
  histogram<L extends string = never>(
    name: string,
    help: string,
    labelNames: readonly L[],
    buckets: number[],
  ): Histogram<L> {
    return new Histogram({ ...this.entry(name, help, labelNames), buckets });
  }

  /** A histogram of seconds that is cheap enough for every request: see `DurationHistogram`. */
  durations(name: string, help: string, labelNames: readonly string[]): DurationHistogram {
    return new DurationHistogram(name, help, labelNames, this.registry);
  }

  private entry<L extends string>(name: string, help: string, labelNames: readonly L[]) {
    return { name, help, labelNames, registers: [this.registry] };
  }
}
