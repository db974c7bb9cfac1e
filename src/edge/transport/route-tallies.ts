import type { DurationSeries } from '#platform/telemetry/duration-histogram';
import type { Metrics } from '#platform/telemetry/metrics';

/** Any other word that a client calls a method is one label: there is no end to them. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const UNMATCHED = 'unmatched';

/** What is counted of one route under one method and one status. */
interface Tally {
  count: number;
  readonly durations: DurationSeries;
}

/**
 * Counts requests by route template, method and status. A request costs three look-ups by what is at
 * hand: labels are made once, when a route first answers so.
 */
export class RouteTallies {
  private readonly byRoute = new Map<string, Map<string, Map<number, Tally>>>();
  private readonly byClass = new Map<string, DurationSeries>();
  private readonly durations;

  constructor(metrics: Metrics) {
    this.durations = metrics.durations(
      'aerie_http_request_duration_seconds',
      'Time from the arrival of a request to the last byte of its answer, by class of status.',
      ['method', 'route', 'status_class'],
    );
    metrics.counter(
      'aerie_http_requests_total',
      'Requests by method, route template and status; 499 when the client left first.',
      ['method', 'route', 'status'],
      (counter) => {
        for (const [route, byMethod] of this.byRoute) {
          for (const [method, byStatus] of byMethod) {
            for (const [status, { count }] of byStatus) {
              counter.inc({ method, route, status }, count);
            }
          }
        }
      },
    );
  }

  add(route: string | undefined, method: string, status: number, seconds: number): void {
    const tally = this.tallyOf(route ?? UNMATCHED, METHODS.has(method) ? method : 'other', status);
    tally.count++;
    tally.durations.observe(seconds);
  }

  private tallyOf(route: string, method: string, status: number): Tally {
    const byMethod = getOrMake(this.byRoute, route, () => new Map<string, Map<number, Tally>>());
    const byStatus = getOrMake(byMethod, method, () => new Map<number, Tally>());
    return getOrMake(byStatus, status, () => ({
      count: 0,
      durations: this.durationsOf(route, method, status),
    }));
  }

  /** By class, since a histogram has sixteen series where a counter has one. */
  private durationsOf(route: string, method: string, status: number): DurationSeries {
    const status_class = `${Math.floor(status / 100)}xx`;
    return getOrMake(this.byClass, `${method} ${status_class} ${route}`, () =>
      this.durations.series({ method, route, status_class }),
    );
  }
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
