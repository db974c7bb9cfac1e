import { AsyncResource } from 'node:async_hooks';
import type { EventEmitter } from 'node:events';
import type { FastifyInstance } from 'fastify';
import { ClientGone } from '#platform/errors/problems';
import type { CountedResponse } from './counted-response.js';

/** How long a turn may last before fewer are let in to the next: a fifth of what a refusal may take. */
const TURN_MS = 20;
/** How many are let in to the first turns. */
const FIRST = 16;
/** With fewer the line would grow where turns are long for other reasons, and be no shorter otherwise. */
const LEAST = 4;
/** With more, dear requests behind cheap ones would have a very long turn until it is noticed. */
const MOST = 64;
/** Of those who were let in to the turn that lasted too long, who may be far fewer than might have been. */
const STEEPEST_FALL = 0.5;
const RISE = 1.25;
/** Its session, its statements, its answer. */
const TURNS_OF_A_REQUEST = 3;

type Start = () => void;

interface Waiting {
  readonly start: Start;
  readonly since: number;
  readonly client: EventEmitter;
  readonly leave: () => void;
}

/**
 * Lets only so many requests begin in a turn of the event loop that it stays short. All that a turn finds
 * to do is done before the next one: a crowd that began at once would keep everybody waiting who comes
 * meanwhile, those who are to be refused, probes, and answers of the database.
 */
export class Turnstile {
  private readonly waiting: Waiting[] = [];
  private perTurn = FIRST;
  private taken = 0;
  private turnBegan = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** How long the first in line has waited, in milliseconds. */
  get waitMs(): number {
    const first = this.waiting[0];
    return first === undefined ? 0 : this.now() - first.since;
  }

  /**
   * How much the wait of the first in line adds to each turn of a request, in milliseconds: without the
   * turnstile every one of them would be later by so much.
   */
  get delayMs(): number {
    return this.waitMs / TURNS_OF_A_REQUEST;
  }

  /** Calls it at once, or in a later turn behind all who came before, or when its client leaves the line. */
  enter(start: Start, client: EventEmitter): void {
    if (this.taken < this.perTurn && this.waiting.length === 0) return this.letIn(start);
    // not AsyncResource.bind(), which makes its function's properties one by one: 3 to 7 µs
    const here = new AsyncResource('Turnstile');
    const one: Waiting = {
      start: () => here.runInAsyncScope(start),
      since: this.now(),
      client,
      leave: () => {
        this.waiting.splice(this.waiting.indexOf(one), 1);
        one.start(); // it takes no turn: nothing is done for who has left
      },
    };
    client.once('close', one.leave);
    this.waiting.push(one);
  }

  private letIn(start: Start): void {
    if (this.taken++ === 0) {
      this.turnBegan = this.now();
      setImmediate(this.endTurn);
    }
    start();
  }

  /** Bound to no request, or the one that began a crowd would be kept as long as the crowd. */
  private readonly endTurn = AsyncResource.bind(() => {
    this.adjust(this.now() - this.turnBegan);
    this.taken = 0;
    while (this.taken < this.perTurn && this.waiting.length > 0) {
      const { start, client, leave } = this.waiting.shift()!;
      client.off('close', leave);
      this.letIn(start);
    }
  });

  private adjust(lastedMs: number): void {
    if (lastedMs > TURN_MS) {
      const fitting = Math.floor(this.taken * Math.max(STEEPEST_FALL, TURN_MS / lastedMs));
      this.perTurn = Math.max(LEAST, Math.min(this.perTurn, fitting));
    } else if (this.taken >= this.perTurn) {
      this.perTurn = Math.min(MOST, Math.ceil(this.perTurn * RISE));
    }
  }
}

/** What was let in goes through it; probes do not. Behind its context, whose deadline counts the wait. */
export function takeTurns(server: FastifyInstance, turnstile: Turnstile): void {
  server.addHook('preHandler', ({ raw }, reply, done) => {
    const response = reply.raw as CountedResponse;
    if (!response.isUnderWay) return done();
    // the answer to a request that was sent behind another on its connection is not told of its end
    const hasGone = () => response.destroyed || raw.socket.destroyed;
    turnstile.enter(() => done(hasGone() ? new ClientGone() : undefined), response);
  });
}
