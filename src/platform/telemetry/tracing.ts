import type { IncomingHttpHeaders } from 'node:http';

export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** The span of one request, from its arrival to its end. */
export interface RequestSpan {
  /** Runs `work`, and all that it starts, as part of the request. */
  run(work: () => void): void;
  end(name: string, attributes: SpanAttributes, isFailure: boolean): void;
}

/** Port: what took how long within what, for whoever collects traces. */
export abstract class Tracing {
  /** Whether anybody does: what costs something asks first. */
  abstract readonly isOn: boolean;

  /** Runs `work` as a span of what is under way, or as the first of a trace. */
  abstract span<T>(name: string, attributes: SpanAttributes, work: () => Promise<T>): Promise<T>;

  /** Runs `work` as a span of what is under way, and without one when nothing is: the queue asks all day. */
  abstract part<T>(name: string, attributes: SpanAttributes, work: () => Promise<T>): Promise<T>;

  /** Begins the span of a request, as part of the trace that its `traceparent` names, if any. */
  abstract beginRequest(headers: IncomingHttpHeaders, attributes: SpanAttributes): RequestSpan;
}

/** Without a collector: a call more, and nothing is loaded. */
export class NoTracing extends Tracing {
  readonly isOn = false;

  span<T>(_name: string, _attributes: SpanAttributes, work: () => Promise<T>): Promise<T> {
    return work();
  }

  part<T>(_name: string, _attributes: SpanAttributes, work: () => Promise<T>): Promise<T> {
    return work();
  }

  beginRequest(): RequestSpan {
    return { run: (work) => work(), end: () => undefined };
  }
}
