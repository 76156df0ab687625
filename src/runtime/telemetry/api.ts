/** What is said of a span: values, and lists of texts. */
export type Facts = Record<string, string | number | boolean | string[]>;

/** A span, as far as it is used here: the one of `@opentelemetry/api` is one. */
export interface SpanLike {
  setAttribute(key: string, value: string | number | boolean | string[]): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  recordException(exception: { name: string; message: string; code?: string }, time?: Date): void;
  addEvent(name: string, attributes?: Record<string, string | number | boolean>, time?: Date): unknown;
  end(time?: Date): void;
}

export interface TracerLike {
  startSpan(
    name: string,
    options?: { kind?: number; startTime?: Date; attributes?: Facts },
    context?: unknown,
  ): SpanLike;
}

/**
 * What is needed of OpenTelemetry: `import * as api from '@opentelemetry/api'` is one. Millrace itself never loads it, so
 * nobody who does not trace needs it.
 */
export interface TelemetryApi {
  readonly ROOT_CONTEXT: unknown;
  readonly context: { with<T>(context: never, work: () => T): T };
  readonly trace: {
    getTracer(name: string, version?: string): TracerLike;
    setSpan(context: never, span: never): unknown;
    wrapSpanContext(context: { traceId: string; spanId: string; traceFlags: number; isRemote?: boolean }): unknown;
  };
}

/** How a run is traced. */
export interface TraceOptions {
  /** Default: the provider that is registered globally. */
  readonly provider?: { getTracer(name: string, version?: string): TracerLike };
}
