import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../queue.js';
import { Services } from '../service.js';
import { WebhookReceiver } from '../webhook-receiver.js';

const TOLD = `--import=${fileURLToPath(new URL('loaded-modules.mjs', import.meta.url))}`;
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: { key: string; value: { stringValue?: string; intValue?: number } }[];
}

interface Export {
  readonly resourceSpans: { scopeSpans: { spans: Span[] }[] }[];
}

const services = new Services();
let collector: WebhookReceiver;
beforeEach(() => {
  collector = new WebhookReceiver((response) => response.end('{}'));
});
afterEach(() => collector.stop());

function spans(): Span[] {
  return collector
    .messages<Export>('/v1/traces')
    .flatMap(({ resourceSpans }) => resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans: some }) => some);
}

function attribute({ attributes }: Span, name: string): string | number | undefined {
  const { value } = attributes.find(({ key }) => key === name) ?? {};
  return value?.stringValue ?? value?.intValue;
}

function loadedBy(output: string): string[] {
  return [...output.matchAll(/^loaded (@opentelemetry\/\S+)/gm)].map(([, name]) => name!);
}

describe('with a collector', () => {
  it('requests, the queries within them and jobs are spans, in the trace of their caller', async () => {
    const service = services.start({
      OTEL_EXPORTER_OTLP_ENDPOINT: await collector.start(),
      NODE_OPTIONS: TOLD,
    });
    const api = await service.ready();
    const traceparent = `00-${TRACE}-${PARENT}-01`;
    const headers = { traceparent, 'x-request-id': 'the-request' };
    await api.post(
      '/v1/auth/register',
      { email: 'ada@example.com', password: 'correct horse battery staple' },
      { headers },
    );
    await api.get('/nothing?token=hush');
    await api.get('/health');
    await until(() => spans().some(({ name }) => name === 'job letter-to-owner'));
    await until(() => spans().some(({ name }) => name === 'GET unmatched'));

    const request = spans().find(({ name }) => name === 'POST /v1/auth/register')!;
    expect(request).toMatchObject({ traceId: TRACE, parentSpanId: PARENT });
    expect(attribute(request, 'aerie.request_id')).toBe('the-request');
    expect(attribute(request, 'http.response.status_code')).toBe(202);
    const queries = spans().filter(
      ({ traceId, name }) => traceId === TRACE && name.startsWith('db '),
    );
    expect(queries.map(({ name }) => name)).toContain('db User.createMany');
    const inTrace = new Set(spans().map(({ spanId }) => spanId));
    for (const { parentSpanId } of queries) expect(inTrace).toContain(parentSpanId);

    const names = spans().map(({ name }) => name);
    expect(names.filter((name) => name.includes('health'))).toEqual([]);
    expect(JSON.stringify(spans())).not.toMatch(/hush|ada@|horse/);
    expect(loadedBy(service.output)).toContain('@opentelemetry/sdk-trace-node');
  });

  it('that never answers, requests and the stop go on', async () => {
    collector.stop();
    collector = new WebhookReceiver(() => undefined);
    const service = services.start({ OTEL_EXPORTER_OTLP_ENDPOINT: await collector.start() });
    const api = await service.ready();
    for (let i = 0; i < 20; i++) expect((await api.get('/v1/users/me')).status).toBe(401);
    await until(() => collector.received.length > 0);
    expect((await api.get('/v1/users/me')).status).toBe(401);
    service.signal('SIGTERM');
    expect(await service.exit).toBe(0);
  });

  it('what the sampler leaves out is not sent, what a caller traces is', async () => {
    const endpoint = await collector.start();
    const service = services.start({
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_TRACES_SAMPLER_ARG: '0',
    });
    const api = await service.ready();
    await api.get('/v1/users/me');
    await api.get('/v1/audit', { headers: { traceparent: `00-${TRACE}-${PARENT}-01` } });
    await api.get('/v1/users', { headers: { traceparent: `00-${TRACE}-${PARENT}-00` } });
    await until(() => spans().length > 0);
    service.signal('SIGTERM');
    await service.exit; // sends what is left
    expect(spans().map(({ name }) => name)).toEqual(['GET /v1/audit']);
  });
});

describe('without a collector', () => {
  it('nothing of OpenTelemetry is loaded but the names that prom-client brings', async () => {
    const service = services.start({ NODE_OPTIONS: TOLD });
    const api = await service.ready();
    const headers = { traceparent: `00-${TRACE}-${PARENT}-01` };
    expect((await api.get('/v1/users/me', { headers })).status).toBe(401);
    expect(new Set(loadedBy(service.output))).toEqual(new Set(['@opentelemetry/api']));
  });
});
