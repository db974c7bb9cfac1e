import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '#platform/config/config';
import { Database } from '#platform/database/database';
import { Bounds } from './bounds.js';
import { ConcurrencyLimit } from './concurrency-limit.js';
import type { CountedResponse } from './counted-response.js';
import { LoopDelay } from './loop-delay.js';
import { PATIENCE, RouteLoads } from './route-loads.js';
import { Turnstile } from './turnstile.js';

const SAMPLE_MS = 100;
const MOMENT_MS = 10_000;

/** What there is too much of. */
export type Excess = 'event loop' | 'memory' | 'requests under way' | 'requests for one route';

/**
 * Whether there is more to do than can be done: a bound is exceeded, or more requests are under way than
 * keep the turns of the event loop and the line at the database short, or more for one route than keep
 * its own part of that line short.
 */
@Injectable()
export class Load implements OnApplicationShutdown {
  readonly bounds: Bounds;
  readonly turnstile = new Turnstile();
  private readonly turns = new LoopDelay();
  private readonly timer: NodeJS.Timeout;
  private readonly byTurns = new ConcurrencyLimit();
  private readonly byLine = new ConcurrencyLimit(PATIENCE);
  private readonly routes = new RouteLoads();
  private count = 0;
  private lastAtTurnstile = 0;
  private readonly refusedAt = new Map<Excess, number>();

  constructor(
    private readonly config: Config,
    private readonly database: Database,
  ) {
    this.bounds = new Bounds(config, this.turnstile);
    this.timer = setInterval(() => this.adjust(this.takeDelayMs()), SAMPLE_MS).unref();
  }

  /** What there is too much of for one more request; undefined while there is room. */
  get excess(): Excess | undefined {
    return this.bounds.exceeded ?? (this.isFull ? 'requests under way' : undefined);
  }

  /** The same for one more request for a route, whose name is asked for only where it matters. */
  excessFor(routeName: () => string | undefined): Excess | undefined {
    const { excess } = this;
    if (excess !== undefined || !this.routes.isAnyLowered) return excess;
    const name = routeName();
    if (name === undefined || !this.routes.of(name).isFull) return undefined;
    return 'requests for one route';
  }

  /** A request was refused for that excess: `refusesFor` says so for a moment. */
  noteRefusal(excess: Excess): void {
    this.refusedAt.set(excess, performance.now());
  }

  /** Whether new work is refused for that, or was a moment ago. */
  refusesFor(excess: Excess): boolean {
    const at = this.refusedAt.get(excess) ?? -Infinity;
    return this.bounds.exceeded === excess || performance.now() - at < MOMENT_MS;
  }

  /** Requests that have no answer yet; of a stream, only its head counts. */
  get underWay(): number {
    return this.count;
  }

  /** Counts a request until its answer begins, or its client has left. */
  begin(response: CountedResponse): void {
    response.isUnderWay = true;
    this.add(response, 1);
    const end = () => {
      if (!response.isUnderWay) return;
      if (!response.isSetAside) this.add(response, -1);
      response.isUnderWay = false;
    };
    response.once('close', end);
    response.onHead = end;
  }

  /** Counts it for its route too. */
  beginRoute(response: CountedResponse, name: string): void {
    const route = this.routes.of(name);
    response.routeLoad = route;
    if (response.isUnderWay && !response.isSetAside) route.underWay++;
  }

  /** Does not count a request while it waits for nothing but time, or few who are slowed would shut everybody out. */
  setAside(response: CountedResponse): void {
    if (response.isSetAside) return;
    response.isSetAside = true;
    if (response.isUnderWay) this.add(response, -1);
  }

  /** Counts it again. */
  takeUp(response: CountedResponse): void {
    if (!response.isSetAside) return;
    response.isSetAside = false;
    if (response.isUnderWay) this.add(response, 1);
  }

  adjust(turnDelayMs: number): void {
    const { LOAD_TARGET_EVENT_LOOP_DELAY_MS: turnMs, LOAD_TARGET_DATABASE_DELAY_MS: lineMs } =
      this.config;
    if (turnMs > 0) this.byTurns.adjust(turnDelayMs / turnMs, this.count);
    if (lineMs === 0) return;
    this.byLine.adjust(this.database.delayMs / lineMs, this.count);
    this.routes.adjust((name) => this.database.delayMsOf(name) / lineMs);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.turns.stop();
    this.bounds.stop();
  }

  /** The smaller of two waits at the turnstile in a row: one long collection shows in one of them. */
  private takeDelayMs(): number {
    const atTurnstile = this.turnstile.delayMs;
    const lasting = Math.min(atTurnstile, this.lastAtTurnstile);
    this.lastAtTurnstile = atTurnstile;
    return this.turns.take() + lasting;
  }

  private get isFull(): boolean {
    const { config, count } = this;
    if (config.LOAD_TARGET_EVENT_LOOP_DELAY_MS > 0 && count >= this.byTurns.current) return true;
    return config.LOAD_TARGET_DATABASE_DELAY_MS > 0 && count >= this.byLine.current;
  }

  private add({ routeLoad }: CountedResponse, change: 1 | -1): void {
    this.count += change;
    if (routeLoad) routeLoad.underWay += change;
  }
}
