import { Injectable } from '@nestjs/common';

/** A request that may have changed something, and how it ended. */
export interface CompletedRequest {
  readonly requestId: string;
  readonly address: string;
  readonly userAgent?: string;
  /** Id of the user who made it, when known. */
  readonly actor?: string;
  /** The `:id` that a known user named. */
  readonly subject?: string;
  readonly method: string;
  /** The template, never the path. */
  readonly route: string;
  readonly status: number;
  /** Refused for what was asked; failed, or cut off amid the answer, for whatever reason. */
  readonly outcome: 'succeeded' | 'refused' | 'failed' | 'cut off';
  readonly durationMs: number;
}

type Listener = (request: CompletedRequest) => void;

/** Where the edge tells of the requests that it let through, for whoever keeps account of them. */
@Injectable()
export class RequestTrail {
  private readonly listeners: Listener[] = [];

  onCompleted(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** Never throws and never waits: the answer goes out. */
  report(request: CompletedRequest): void {
    for (const listener of this.listeners) listener(request);
  }
}
