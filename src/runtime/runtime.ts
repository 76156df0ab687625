import { interpretFlow, type DeclaredFlow, type FlowModule, type Schema } from '../flow/index.ts';
import { NotImplementedError, type BoundSystem, type TaskImplementation } from '../tasks/index.ts';
import type { RunRow } from '../store/index.ts';
import type { LimitsView } from './attempts/index.ts';
import type { RuntimeEvent } from './bus.ts';
import type { EventHandler } from './dispatcher.ts';
import { Controls } from './controls.ts';
import type { Ended } from './engine.ts';
import { checkSystem, EventError, noModels, Registry, type TaskCode } from '../engine/index.ts';
import type { InstanceDocument } from './instances/document.ts';
import type { MachineMetrics } from './instances/metrics.ts';
import type { HistoryView, InstanceView } from './instances/views.ts';
import { checkOptions, type RuntimeOptions } from './options.ts';
import { readerOf, type HistoryQuery, type InstanceQuery, type Reader, type RunQuery } from './reader.ts';
import { prepared } from './prepare.ts';
import { answer, type Answer, type Ready, type RequestKind, type Requests } from './requests.ts';
import {
  flowResult,
  fromAnswer,
  taskResult,
  type FlowResult,
  type SendOptions,
  type SendResult,
  type StartOptions,
  type TaskResult,
} from './results.ts';
import { Session } from './session.ts';
import type { TelemetryApi, TraceOptions } from './telemetry/api.ts';
import { Tracing } from './telemetry/tracing.ts';
import type { EngineMetrics } from './metrics/meter.ts';
import type { RunView } from './views.ts';
import { knownRun } from './known-run.ts';

/**
 * Runs a system, durably, on one SQLite file. One process at a time drives a file; what it has acknowledged survives
 * `kill -9`, and the next one goes on where it was.
 *
 * @example
 * ```ts
 * import { eventContract, flowContract, taskContract } from 'millrace/flow';
 * import { ReactiveSystemRuntime } from 'millrace/runtime';
 * import { implement, type BoundSystem } from 'millrace/tasks';
 * import { z } from 'zod';
 *
 * // In a project all of this is generated.
 * const greet = taskContract('greet', { input: z.string(), output: z.string(), policy: {}, source: 'hello.dsl.ts:3:1' });
 * const hello = flowContract('hello', { input: z.string(), output: z.string(), source: 'hello.dsl.ts:8:1' });
 * const system: BoundSystem = {
 *   kind: 'bound-system', name: 'hello', version: '1.0.0', hash: '', source: 'hello.dsl.ts', events: {}, machines: {},
 *   tasks: { greet },
 *   flows: { hello: { kind: 'flow', contract: hello, hash: '', waits: [], run: (host, name) => host.step('greeting', () => greet(name as string), { at: '9:3' }) } },
 *   implementations: { greet: implement(greet, (name) => `Hello, ${name}!`) },
 * };
 *
 * const runtime = new ReactiveSystemRuntime(system, { db: ':memory:' });
 * const result = await runtime.executeFlow('hello', 'Ada');
 * result.output; // 'Hello, Ada!'
 * await runtime.close();
 * ```
 */
export class ReactiveSystemRuntime extends Controls {
  readonly role = 'owner';
  readonly #system: BoundSystem;
  readonly #registry: Registry;
  readonly #session: Session;
  /** Everything else that can be read. Do not close it. */
  override readonly reader: Reader;

  /**
   * @throws RunError MR3222 for a bare model, MR3224 for an option that there is not, MR3231 for a schedule that cannot be read. OwnerError MR3401 when
   * another process drives the file. StoreError MR30xx when the file cannot be used.
   */
  constructor(system: BoundSystem, options: RuntimeOptions) {
    super();
    checkSystem(system);
    checkOptions(options);
    this.#system = system;
    this.#registry = new Registry(system);
    this.#session = new Session(this.#registry, options);
    this.reader = readerOf(this.#session.store, () => this.#session.engine.clock.now());
  }

  getSystemId(): string {
    return this.#system.name;
  }
  getSystemVersion(): string {
    return this.#system.version;
  }
  hasTask(name: string): boolean {
    return this.#registry.task(name) !== undefined;
  }
  hasFlow(name: string): boolean {
    return this.#registry.flow(name) !== undefined;
  }
  hasMachine(name: string): boolean {
    return this.#registry.machine(name) !== undefined;
  }

  /**
   * Gives a task its code. Runs that were blocked for want of it go on.
   *
   * @throws RunError MR3219 when the system has no such task.
   */
  registerTaskImplementation(name: string, implementation: TaskImplementation | TaskCode): void {
    this.registerTaskImplementations({ [name]: implementation });
  }

  /** Gives several tasks their code: all of them, or none when a name is unknown. */
  registerTaskImplementations(implementations: Readonly<Record<string, TaskImplementation | TaskCode>>): void {
    this.#registry.implement(implementations);
    this.#reload();
  }

  /**
   * Adds a flow at run time: a compiled one, or what `flow(...)` of the language gives. After a restart its runs are
   * blocked until the same flow (by hash) is registered again.
   *
   * @throws MillraceError MR3290 when it names something that the system does not have, MR3291 for what is not
   * yet supported, RunError MR3231 for a schedule that cannot be read.
   */
  registerFlow(flow: FlowModule | DeclaredFlow): void {
    this.#registry.register(
      'contract' in flow ? flow : interpretFlow(flow, { lookup: (kind, name) => this.#registry.contract(kind, name) }),
    );
    this.#reload();
  }

  /** Calls `handler` for each event of a name, or for all (`*`), after it has been handed out. Gives a function that ends it. */
  registerEventHandler(name: string, handler: EventHandler): () => void {
    if (name !== '*' && this.#registry.event(name) === undefined) {
      throw new EventError(
        'MR3301',
        `The system '${this.#system.name}' has no event '${name}'. It has: ${Object.keys(this.#system.events).join(', ')}.`,
      );
    }
    this.#registry.hear(name);
    return this.#session.engine.dispatcher.handle(name, handler);
  }

  /**
   * Runs one task to its end, as a durable run of one step.
   *
   * @throws RunError MR3219 unknown task, MR3287 a model performs it and there is none, TaskError MR3104 without an
   * implementation, RunError MR3206 invalid input.
   */
  async executeTask(name: string, input?: unknown, options: StartOptions = {}): Promise<TaskResult> {
    const task = this.#registry.task(name);
    if (task !== undefined && !this.#registry.implementations.has(name))
      throw task.model === undefined ? new NotImplementedError({ task: name }) : noModels(name);
    const { runId } = await this.ask('start', { kind: 'task', target: name, input, ...options });
    const { row, lines } = await this.#ended(runId);
    return taskResult(row, lines ?? this.#session.store.tables.journal.of(runId), this.#output('task', name));
  }

  /**
   * Runs a flow and waits for its end. Aborting the signal cancels the run.
   *
   * @throws RunError MR3201 unknown flow, MR3202 the id is taken by another run, MR3206 invalid input. A failing flow
   * does not throw: see `success` and `error`.
   */
  async executeFlow(
    name: string,
    input?: unknown,
    options: StartOptions & { readonly signal?: AbortSignal } = {},
  ): Promise<FlowResult> {
    const { signal, ...start } = options;
    const { runId } = await this.ask('start', { kind: 'flow', target: name, input, ...start });
    return this.result(runId, signal === undefined ? {} : { signal });
  }

  /** Waits for the end of a run. */
  async result(runId: string, options: { readonly signal?: AbortSignal } = {}): Promise<FlowResult> {
    const { signal } = options;
    const cancel = (): void => void this.cancel(runId, { reason: 'The caller aborted.' }).catch(() => {});
    if (signal?.aborted === true) cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      const { row, lines } = await this.#ended(runId);
      return flowResult(row, lines ?? this.#session.store.tables.journal.of(runId), this.#output(row.kind, row.target));
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /**
   * Publishes an event and resolves when it has been handed out.
   *
   * @throws EventError MR3301 unknown event, MR3302 invalid payload, MR3303 the key was used for something else.
   */
  async sendEvent(name: string, payload?: unknown, options: SendOptions = {}): Promise<SendResult> {
    const { eventId } = await this.ask('send', { event: name, payload, ...options });
    return { eventId, ...(await this.#session.hold(this.#session.engine.dispatcher.result(eventId))) };
  }

  /** `sendEvent`. */
  send(name: string, payload?: unknown, options: SendOptions = {}): Promise<SendResult> {
    return this.sendEvent(name, payload, options);
  }

  /** Undefined when there is no such instance. @throws EventError MR3304 unknown machine. */
  get(machine: string, id: string): InstanceView | undefined {
    this.#known(machine);
    return this.reader.instance(machine, id);
  }
  instances(query?: InstanceQuery): InstanceView[] {
    return this.reader.instances(query);
  }
  /** Newest first. A number is a `tail`. */
  history(machine: string, id: string, query?: number | HistoryQuery): HistoryView[] {
    return this.reader.history(machine, id, query);
  }
  /**
   * An instance as one JSON document, with its timers, its work and its history.
   *
   * @throws EventError MR3306.
   */
  exportInstance(machine: string, id: string): InstanceDocument {
    return this.reader.exportInstance(machine, id);
  }
  /** All of them, by `machine/id`. Those that work for another are in its document. */
  exportInstances(query?: InstanceQuery): Record<string, InstanceDocument> {
    return this.reader.exportInstances(query);
  }
  /** What the histories of a machine tell, or of one instance: what takes how long, what fails. @throws EventError MR3304. */
  metrics(machine: string, query?: { readonly id?: string }): MachineMetrics {
    this.#known(machine);
    return this.reader.metrics(machine, query);
  }
  /** By the system's names, what an instance would take now; none, where it cannot be woken. @throws EventError MR3304. */
  available(machine: string, id: string): readonly string[] {
    this.#known(machine);
    return this.#session.engine.instances.wouldTake(this.#session.store.tables, { machine, id });
  }

  /** Where a run stands; undefined when there is none. */
  status(runId: string): RunView | undefined {
    return this.reader.run(runId);
  }
  /** Newest first. */
  list(query?: RunQuery): RunView[] {
    return this.reader.runs(query);
  }
  /** The runs that have not ended. */
  active(): RunView[] {
    return this.reader.runs({ status: ['pending', 'running', 'waiting', 'paused', 'blocked'] });
  }

  /** What holds attempts back now: how far limits are used, how many attempts wait, which breakers are open. */
  limits(): LimitsView {
    return this.#session.engine.attempts.views(Object.values(this.#system.tasks));
  }

  /**
   * What happens from this call on, until the loop is left, `signal` aborts, or the runtime closes or stops. When more
   * than `limit` (10,000) wait to be read, the older half goes, and `stream.lagged` says how many those were.
   */
  events(signal?: AbortSignal, { limit }: { readonly limit?: number } = {}): AsyncGenerator<RuntimeEvent, void, void> {
    return this.#session.bus.stream(signal, limit);
  }
  /** Calls `listener` for whatever happens. Gives a function that ends it. */
  on(listener: (event: RuntimeEvent) => void): () => void {
    return this.#session.bus.on(listener);
  }

  /**
   * What the engine does: runs, attempts, retries, commits, and how many events of each type there were. Counted from the
   * first call on, or from the start with the option `metrics: true`; until then it costs nothing.
   */
  engineMetrics(): EngineMetrics {
    return this.#session.meter.data();
  }
  /** The same for Prometheus: a text of the type `metricsContentType`. */
  metricsText(): string {
    return this.#session.meter.text();
  }

  /**
   * Makes spans of runs, their steps and their attempts: `traceWith(api)` with `import * as api from '@opentelemetry/api'`,
   * once its SDK is set up. Of the run in whose metadata there is a `traceparent` they lie below that; else all spans of a
   * run, and of what it runs, are in a trace of its own, over restarts too. Gives a function that ends it.
   */
  traceWith(api: TelemetryApi, options: TraceOptions = {}): () => void {
    const { bus, store, engine } = this.#session;
    const tracing = new Tracing(bus, store, () => engine.clock.now(), api, options);
    this.#session.atEnd(() => tracing.stop());
    return () => tracing.stop();
  }

  /** Resolves when nothing is left to do but to wait for time or for events. */
  idle(): Promise<void> {
    return this.#session.idle();
  }

  /**
   * Lets the database go. No new attempt begins; those under way may end (for `drainMs`, 10 s by default, then they are
   * aborted), and their results are recorded. Runs stop there, and go on in the next process that drives the file.
   * Waiting calls are then rejected with MR3223.
   */
  close(): Promise<void> {
    return this.#session.close();
  }
  /**
   * Resolves when the runtime does nothing any more, with the reason: MR3223 after `close`, MR3402 when another process has
   * taken over, MR30xx when the database failed.
   */
  stopped(): Promise<unknown> {
    return this.#session.over;
  }
  /** As after `kill -9`, for tests: nothing more is written, nothing is released. */
  abandon(): void {
    this.#session.abandon();
  }

  /** A machine that is gone may have left instances. */
  #known(name: string): void {
    if (this.reader.instances({ machine: name, limit: 1 }).length === 0) this.#session.engine.instances.machine(name);
  }
  protected override async ask<K extends RequestKind>(
    kind: K,
    asks: Requests[K]['asks'],
  ): Promise<Requests[K]['gives']> {
    this.#session.checkOpen();
    const { engine } = this.#session;
    const carry = (ready?: Ready): Promise<Answer<K>> =>
      engine.writer.submit((tx) => answer(engine, tx, kind, asks, ready));
    return fromAnswer(await this.#session.hold(prepared(engine, kind, asks, carry)));
  }

  async #ended(runId: string): Promise<Ended> {
    const { store, engine, recovered } = this.#session;
    if (this.#session.failure !== undefined) throw this.#session.failure;
    if (!engine.runs.has(runId)) {
      await recovered;
      if (this.#session.failure !== undefined) throw this.#session.failure;
      const row = knownRun(store.tables, runId);
      if (row.ended !== null || (row.status === 'blocked' && !engine.runs.has(runId))) return { row, lines: undefined };
    }
    const end = await this.#session.hold(new Promise<Ended | undefined>((resolve) => engine.onEnd(runId, resolve)));
    return end ?? { row: store.tables.runs.get(runId) as RunRow, lines: undefined };
  }

  #output(kind: RunRow['kind'], target: string): Schema | undefined {
    return kind === 'flow' ? this.#registry.flow(target)?.contract.output : this.#registry.task(target)?.output;
  }

  /** Tries the blocked runs again. */
  #reload(): void {
    if (this.#session.failure === undefined) this.#session.engine.reload();
  }
}
