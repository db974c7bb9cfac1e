import { ConcurrencyLimit } from './concurrency-limit.js';

/** Samples for which calls may wait too long at the database: a burst comes in and is done. */
export const PATIENCE = 5;

/** The requests for one route that have no answer yet. */
export class RouteLoad {
  underWay = 0;
  readonly limit = new ConcurrencyLimit(PATIENCE);

  constructor(readonly name: string) {}

  get isFull(): boolean {
    return this.limit.isLowered && this.underWay >= this.limit.current;
  }
}

/** How many requests for each route may be under way, so that a crowd on one shuts nobody out but itself. */
export class RouteLoads {
  private readonly routes = new Map<string, RouteLoad>();
  private lowered = false;

  /** Whether there are fewer than otherwise of any. */
  get isAnyLowered(): boolean {
    return this.lowered;
  }

  /** By the name of the route. */
  of(name: string): RouteLoad {
    let route = this.routes.get(name);
    if (route === undefined) this.routes.set(name, (route = new RouteLoad(name)));
    return route;
  }

  /** `excessOf` says how long those who ask for a route wait, of how long is aimed at. */
  adjust(excessOf: (name: string) => number): void {
    this.lowered = false;
    for (const { name, limit, underWay } of this.routes.values()) {
      limit.adjust(excessOf(name), underWay);
      if (limit.isLowered) this.lowered = true;
    }
  }
}
