import type { IncomingHttpHeaders } from 'node:http';
import type { OnApplicationShutdown } from '@nestjs/common';
import {
  context,
  diag,
  DiagLogLevel,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Span,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import type { Config } from '../config/config.js';
import { productName, version } from '../config/version.js';
import type { Log } from '../logging/log.js';
import { Tracing, type RequestSpan, type SpanAttributes } from './tracing.js';

const EXPORT_TIMEOUT_MS = 10_000;
const LAST_EXPORT_MS = 3_000;

/**
 * Sends spans to a collector (OTLP over HTTP), in batches and behind whatever is traced: spans that
 * nobody takes are dropped. Registered globally, so that `@opentelemetry/api` works as documented.
 * Only `openTracing()` imports this file.
 */
export class OpenTelemetry extends Tracing implements OnApplicationShutdown {
  readonly isOn = true;
  private readonly provider: NodeTracerProvider;
  private readonly tracer;

  constructor(config: Config, log: Log) {
    super();
    const tell = (reason: string) => log.warn({ reason }, 'traces are not taken');
    diag.setLogger(
      { error: tell, warn: tell, info: ignore, debug: ignore, verbose: ignore },
      { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
    );
    const exporter = new OTLPTraceExporter({
      url: `${config.OTEL_EXPORTER_OTLP_ENDPOINT}/v1/traces`,
      headers: headersFrom(config.OTEL_EXPORTER_OTLP_HEADERS),
      timeoutMillis: EXPORT_TIMEOUT_MS,
    });
    this.provider = new NodeTracerProvider({
      resource: resourceFromAttributes({
        'service.name': config.OTEL_SERVICE_NAME,
        'service.version': version,
        'deployment.environment.name': config.NODE_ENV,
        'process.pid': process.pid,
      }),
      sampler: new ParentBasedSampler({
        root: new TraceIdRatioBasedSampler(config.OTEL_TRACES_SAMPLER_ARG),
      }),
      spanProcessors: [
        new BatchSpanProcessor(exporter, { exportTimeoutMillis: EXPORT_TIMEOUT_MS }),
      ],
    });
    this.provider.register();
    this.tracer = trace.getTracer(productName, version);
  }

  span<T>(name: string, attributes: SpanAttributes, work: () => Promise<T>): Promise<T> {
    return this.tracer.startActiveSpan(name, { attributes }, async (span) => {
      try {
        return await work();
      } catch (error) {
        fail(span, error);
        throw error;
      } finally {
        span.end();
      }
    });
  }

  part<T>(name: string, attributes: SpanAttributes, work: () => Promise<T>): Promise<T> {
    return trace.getActiveSpan() ? this.span(name, attributes, work) : work();
  }

  beginRequest(headers: IncomingHttpHeaders, attributes: SpanAttributes): RequestSpan {
    const parent = propagation.extract(ROOT_CONTEXT, headers);
    const span = this.tracer.startSpan('request', { kind: SpanKind.SERVER, attributes }, parent);
    const within = trace.setSpan(parent, span);
    return {
      run: (work) => context.with(within, work),
      end: (name, more, isFailure) => {
        span.updateName(name).setAttributes(more);
        if (isFailure) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  }

  /** Sends what is left, if the collector takes it in time. */
  async onApplicationShutdown(): Promise<void> {
    const late = new Promise((resolve) => setTimeout(resolve, LAST_EXPORT_MS).unref());
    await Promise.race([this.provider.shutdown().catch(() => undefined), late]);
    trace.disable();
    context.disable();
    propagation.disable();
    diag.disable();
  }
}

function ignore(): void {}

/** The kind of error, not its text: that may hold what a person typed. */
function fail(span: Span, error: unknown): void {
  span.setAttribute('error.type', error instanceof Error ? error.name : typeof error);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** `name=value,name=value`, values percent-encoded, as OpenTelemetry has it. */
function headersFrom(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [name.trim(), decodeURIComponent(value.join('=').trim())];
    }),
  );
}
