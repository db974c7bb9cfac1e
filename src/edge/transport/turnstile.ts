import { AsyncResource } from 'node:async_hooks';
import type { FastifyInstance } from 'fastify';
import { ClientGone } from '#platform/errors/problems';
import type { CountedResponse } from './counted-response.js';

/** How long a turn may last before fewer are let in to the next: a fifth of what a refusal may take. */
const TURN_MS = 20;
/** How many are let in to the first turns, and how many at most. */
const FIRST = 16;
const MOST = 256;
const STEEPEST_FALL = 0.5;
const RISE = 1.25;

type Start = () => void;

/**
 * Lets only so many requests into a turn of the event loop that it stays short. All that a turn finds to do
 * is done before the next begins: a crowd that went in at once would keep everybody waiting who comes
 * meanwhile, those who are to be refused and probes among them, and the answers of the database.
 */
export class Turnstile {
  private readonly waiting: { start: Start; since: number }[] = [];
  private perTurn = FIRST;
  private taken = 0;
  private turnBegan = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** How long the first in line has waited, in milliseconds. */
  get waitMs(): number {
    const first = this.waiting[0];
    return first === undefined ? 0 : this.now() - first.since;
  }

  /** Calls it at once, or in a later turn, behind all who came before. */
  enter(start: Start): void {
    if (this.taken < this.perTurn && this.waiting.length === 0) return this.letIn(start);
    this.waiting.push({ start: AsyncResource.bind(start), since: this.now() });
  }

  private letIn(start: Start): void {
    if (this.taken++ === 0) {
      this.turnBegan = this.now();
      setImmediate(this.endTurn);
    }
    start();
  }

  private readonly endTurn = () => {
    this.adjust(this.now() - this.turnBegan);
    this.taken = 0;
    while (this.taken < this.perTurn && this.waiting.length > 0) {
      this.letIn(this.waiting.shift()!.start);
    }
  };

  private adjust(lastedMs: number): void {
    if (lastedMs > TURN_MS) {
      const fitting = Math.floor(this.taken * Math.max(STEEPEST_FALL, TURN_MS / lastedMs));
      this.perTurn = Math.max(1, Math.min(this.perTurn, fitting));
    } else if (this.taken >= this.perTurn) {
      this.perTurn = Math.min(MOST, Math.ceil(this.perTurn * RISE));
    }
  }
}

/** Each request that is not a probe goes through it. Behind its context, whose deadline counts the wait. */
export function takeTurns(server: FastifyInstance, turnstile: Turnstile): void {
  server.addHook('preHandler', (_request, reply, done) => {
    const response = reply.raw as CountedResponse;
    if (!response.isUnderWay) return done();
    turnstile.enter(() => done(response.destroyed ? new ClientGone() : undefined));
  });
}
