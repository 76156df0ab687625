import type { ErrorRecord } from '../../core/index.ts';
import type { Store } from '../../store/index.ts';
import type { Bus, RuntimeEvent } from '../bus.ts';
import type { Facts, SpanLike, TelemetryApi, TraceOptions, TracerLike } from './api.ts';
import { callFacts, callSpan, client, toolFacts } from './gen-ai.ts';
import { placeOf } from './parent.ts';

/** So many runs may have a span that is open; the oldest ones are ended early. */
const most = 10_000;
const failed = 2;

interface End {
  readonly type: string;
  readonly runId: string;
  readonly error?: ErrorRecord;
}
interface StepEnd extends End {
  readonly step: string;
  readonly target: string | null;
}
interface AttemptEnd extends End {
  readonly step: string;
  readonly attempt: number;
}

/** Makes spans of what a runtime tells: a run, below it its steps, below these their attempts, and the runs that they begin. */
export class Tracing {
  readonly #api: TelemetryApi;
  readonly #tracer: TracerLike;
  readonly #store: Store;
  readonly #now: () => number;
  readonly #runs = new Map<string, SpanLike>();
  /** By the run, then by the path of the step, then by its number with the attempts. */
  readonly #steps = new Map<string, Map<string, SpanLike>>();
  /** Those that are under way, by run and step. */
  readonly #attempts = new Map<string, Map<string, SpanLike>>();
  readonly #off: () => void;

  constructor(bus: Bus, store: Store, now: () => number, api: TelemetryApi, { provider = api.trace }: TraceOptions) {
    this.#api = api;
    this.#store = store;
    this.#now = now;
    this.#tracer = provider.getTracer('millrace');
    const off = bus.on((event) => this.#take(event));
    bus.around = ({ runId, step, attempt }, work) => {
      const span = this.#steps.get(runId)?.get(`${step} ${attempt}`);
      return span === undefined ? work() : api.context.with(this.#below(span), work);
    };
    this.#off = () => {
      bus.around = undefined;
      off();
    };
  }

  /** Ends what is open: what goes on later, here or in another process, gets a span of its own in the same trace. */
  stop(): void {
    this.#off();
    const at = new Date(this.#now());
    for (const run of this.#runs.keys()) this.#leave(run, at);
  }

  #take(event: RuntimeEvent): void {
    const time = new Date(event.at);
    switch (event.type) {
      case 'run.started':
      case 'run.recovered':
        this.#run(event.runId, time);
        return;
      case 'run.completed':
      case 'run.failed':
      case 'run.cancelled':
      case 'run.blocked':
        return this.#ended(event, time);
      case 'run.paused':
      case 'run.resumed':
      case 'run.stopping':
      case 'run.retried':
        this.#run(event.runId, time).addEvent(event.type, {}, time);
        return;
      case 'step.started':
      case 'step.waiting':
        this.#step(event, time);
        return;
      case 'step.retrying':
        this.#step(event, time).addEvent(event.type, { 'millrace.attempt': event.attempt }, time);
        return;
      case 'step.completed':
      case 'step.failed':
      case 'step.cancelled':
      case 'step.skipped':
        return this.#stepEnded(event, time);
      case 'attempt.started': {
        const { runId, step, task, attempt, within } = event;
        const asking = within && this.#steps.get(runId)?.get(`${within.step} ${within.attempt}`);
        const below = asking ?? this.#step({ ...event, target: task }, time);
        const attributes = {
          ...facts(event),
          'millrace.task': task,
          'millrace.attempt': attempt,
          ...(within === undefined ? {} : toolFacts(task)),
        };
        const name = within === undefined ? `${task} #${attempt}` : `execute_tool ${task}`;
        const span = this.#start(name, time, attributes, this.#below(below));
        this.#steps.get(runId)?.set(`${step} ${attempt}`, span);
        this.#attempts.get(runId)?.set(step, span);
        return;
      }
      case 'model.asked': {
        const { runId = '', step = '', call } = event;
        const above = this.#attempts.get(runId)?.get(step);
        if (above === undefined) return;
        const { name, attributes } = callSpan(event);
        const options = { kind: client, startTime: time, attributes: { ...facts({ runId, step }), ...attributes } };
        this.#steps.get(runId)?.set(`call ${call}`, this.#tracer.startSpan(name, options, this.#below(above)));
        return;
      }
      case 'model.answered':
      case 'model.failed': {
        const calls = this.#steps.get(event.runId ?? '');
        const span = calls?.get(`call ${event.call}`);
        calls?.delete(`call ${event.call}`);
        for (const [name, value] of Object.entries(callFacts(event))) span?.setAttribute(name, value);
        if (event.type === 'model.failed') span?.setStatus({ code: failed, message: event.error.message });
        return span?.end(time);
      }
      case 'attempt.completed':
      case 'attempt.failed':
      case 'attempt.cancelled':
        return this.#attemptEnded(event, time);
      default:
        return;
    }
  }

  #run(id: string, time: Date): SpanLike {
    const known = this.#runs.get(id);
    if (known !== undefined) return known;
    const row = this.#store.tables.runs.get(id);
    const target = row?.target ?? id;
    // The step that has begun it: told of a moment later.
    const above =
      row === undefined || row.parent === null || row.parentPath === null
        ? undefined
        : this.#below(this.#step({ runId: row.parent, step: row.parentPath, target }, time));
    const attributes = { 'millrace.run.id': id, [`millrace.${row?.kind ?? 'flow'}`]: target };
    const span =
      above === undefined
        ? this.#outermost(target, time, attributes, row ?? { id, metadata: null })
        : this.#start(target, time, attributes, above);
    this.#runs.set(id, span);
    this.#steps.set(id, new Map());
    this.#attempts.set(id, new Map());
    if (this.#runs.size > most) this.#leave(this.#runs.keys().next().value as string, time);
    return span;
  }

  #step(
    event: { readonly runId: string; readonly step: string; readonly target: string | null },
    time: Date,
  ): SpanLike {
    const { runId, step, target } = event;
    const run = this.#run(runId, time);
    const known = this.#steps.get(runId)?.get(step);
    if (known !== undefined) return known;
    const attributes = { ...facts(event), ...(target === null ? {} : { 'millrace.target': target }) };
    const span = this.#start(step, time, attributes, this.#below(run));
    this.#steps.get(runId)?.set(step, span);
    return span;
  }

  #stepEnded(event: StepEnd, time: Date): void {
    const span = this.#step(event, time);
    span.setAttribute('millrace.status', event.type.slice('step.'.length));
    if (event.error !== undefined) fail(span, event.error, time);
    span.end(time);
    this.#steps.get(event.runId)?.delete(event.step);
  }

  #attemptEnded(event: AttemptEnd, time: Date): void {
    const steps = this.#steps.get(event.runId);
    const key = `${event.step} ${event.attempt}`;
    const span = steps?.get(key);
    this.#attempts.get(event.runId)?.delete(event.step);
    if (span === undefined) return;
    span.setAttribute('millrace.status', event.type.slice('attempt.'.length));
    if (event.error !== undefined) fail(span, event.error, time);
    span.end(time);
    steps?.delete(key);
  }

  #ended(event: End, time: Date): void {
    const span = this.#run(event.runId, time);
    span.setAttribute('millrace.status', event.type.slice('run.'.length));
    if (event.error !== undefined) fail(span, event.error, time);
    this.#leave(event.runId, time);
  }

  #leave(run: string, time: Date): void {
    for (const span of this.#steps.get(run)?.values() ?? []) span.end(time);
    this.#runs.get(run)?.end(time);
    this.#runs.delete(run);
    this.#steps.delete(run);
    this.#attempts.delete(run);
  }

  #start(name: string, startTime: Date, attributes: Facts, context: unknown): SpanLike {
    return this.#tracer.startSpan(name, { startTime, attributes }, context);
  }

  #below(span: SpanLike): never {
    return this.#api.trace.setSpan(this.#api.ROOT_CONTEXT as never, span as never) as never;
  }

  #outermost(name: string, time: Date, attributes: Facts, row: Parameters<typeof placeOf>[0]): SpanLike {
    const { above, ...place } = placeOf(row);
    const parent: { traceId: string; spanId?: string; traceFlags: number; isRemote: boolean } = {
      ...place,
      isRemote: true,
    };
    const wrapped = this.#api.trace.wrapSpanContext(parent as Required<typeof parent>);
    const span = this.#start(
      name,
      time,
      attributes,
      this.#api.trace.setSpan(this.#api.ROOT_CONTEXT as never, wrapped as never),
    );
    // A tracer takes a trace only with a parent in it. There is none: nobody is to look for a span that never comes.
    if (!above) delete parent.spanId;
    return span;
  }
}

function facts({ runId, step }: { readonly runId: string; readonly step: string }): Facts {
  return { 'millrace.run.id': runId, 'millrace.step': step };
}

function fail(span: SpanLike, { name, message, code }: ErrorRecord, time: Date): void {
  span.setAttribute('millrace.error.code', code);
  span.recordException({ name, message, code }, time);
  span.setStatus({ code: failed, message });
}
