import type { Registry } from 'prom-client';

type Labels = Readonly<Record<string, string>>;

/** From half a millisecond to the half minute after which nobody waits any more. */
const BOUNDS_SECONDS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

/** The durations of one set of label values. Keep it: to observe is then an addition or two. */
export class DurationSeries {
  readonly counts = new Float64Array(BOUNDS_SECONDS.length + 1);
  sumSeconds = 0;

  constructor(readonly labels: Labels) {}

  observe(seconds: number): void {
    let bucket = 0;
    while (bucket < BOUNDS_SECONDS.length && seconds > BOUNDS_SECONDS[bucket]!) bucket++;
    this.counts[bucket]!++;
    this.sumSeconds += seconds;
  }
}

/**
 * A histogram for the way of every request. prom-client checks the labels and joins them to a key at
 * each observation, which costs more than all else that is measured; here a series is found once.
 */
export class DurationHistogram {
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  private readonly known: DurationSeries[] = [];

  constructor(
    readonly name: string,
    readonly help: string,
    readonly labelNames: readonly string[],
    registry: Registry,
  ) {
    // a registry asks a metric for no more than this has
    registry.registerMetric(this as never);
  }

  /** A new series; call it once for each set of label values. */
  series(labels: Labels): DurationSeries {
    const series = new DurationSeries(labels);
    this.known.push(series);
    return series;
  }

  /** What prom-client's registry writes out. */
  get() {
    const { name, help, type, aggregator } = this;
    return {
      name,
      help,
      type,
      aggregator,
      values: this.known.flatMap((one) => this.valuesOf(one)),
    };
  }

  private valuesOf({ labels, counts, sumSeconds }: DurationSeries) {
    let count = 0;
    const buckets = Array.from(counts, (more, bucket) => {
      count += more;
      const le = BOUNDS_SECONDS[bucket] ?? '+Inf';
      return { metricName: `${this.name}_bucket`, labels: { ...labels, le }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${this.name}_sum`, labels, value: sumSeconds },
      { metricName: `${this.name}_count`, labels, value: count },
    ];
  }
}
