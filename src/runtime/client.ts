import { setTimeout as wait } from 'node:timers/promises';
import { openSqlite, type Store } from '../store/index.ts';
import type { BoundSystem } from '../tasks/index.ts';
import { writeAsks } from './asks.ts';
import type { DecideAsks, DecideGives } from './decide.ts';
import type { Dispatched } from './dispatcher.ts';
import type { EnqueueAsks, EnqueueGives } from './enqueue.ts';
import { OwnerError, RunError } from './errors.ts';
import type { RestoreOptions } from './instances/restore.ts';
import { restoreAll, type RestoreResult } from './instances/restore-all.ts';
import type { RollbackAsks, RollbackGives } from './instances/rollback.ts';
import type { InstanceView } from './instances/views.ts';
import { checkSystem, type RuntimeOptions } from './options.ts';
import { isAlive } from './owner.ts';
import type { PauseAsks, PauseGives } from './pause.ts';
import { readerOf, type Reader } from './reader.ts';
import type { Answer, RequestKind, Requests } from './requests.ts';
import {
  flowResult,
  fromAnswer,
  type CreateOptions,
  type FlowResult,
  type SendOptions,
  type SendResult,
  type StartOptions,
  type StartResult,
} from './results.ts';
import { ReactiveSystemRuntime } from './runtime.ts';
import type { RunView } from './views.ts';

/** How often a client looks for its answer, in ms. */
const look = 5;

/**
 * Asks the process that drives a database, through rows in the database itself. A request is carried out once, and is
 * kept when the owner dies before it: the next owner carries it out.
 */
export class Client {
  readonly role = 'client';
  readonly reader: Reader;
  readonly #store: Store;
  readonly #system: BoundSystem;
  #closed = false;

  constructor(system: BoundSystem, options: { readonly db: string }) {
    checkSystem(system);
    this.#system = system;
    this.#store = openSqlite(options.db);
    this.reader = readerOf(this.#store);
  }

  start(name: string, input?: unknown, options: StartOptions = {}): Promise<StartResult> {
    return this.#ask('start', { kind: 'flow', target: name, input, ...options });
  }

  async executeFlow(name: string, input?: unknown, options: StartOptions = {}): Promise<FlowResult> {
    const { runId } = await this.start(name, input, options);
    return this.result(runId);
  }

  async sendEvent(name: string, payload?: unknown, options: SendOptions = {}): Promise<SendResult> {
    const { eventId } = await this.#ask('send', { event: name, payload, ...options });
    const result = await this.#until(() => this.#store.tables.events.get(eventId)?.result ?? undefined);
    return { eventId, ...(JSON.parse(result) as Dispatched) };
  }

  /** The same as `sendEvent`. */
  send(name: string, payload?: unknown, options: SendOptions = {}): Promise<SendResult> {
    return this.sendEvent(name, payload, options);
  }

  cancel(runId: string, reason?: string): Promise<{ readonly runId: string; readonly accepted: boolean }> {
    return this.#ask('cancel', { runId, ...(reason === undefined ? {} : { reason }) });
  }

  /** As `pause` of the runtime. */
  pause(runId: string, options: Omit<PauseAsks, 'runId'> = {}): Promise<PauseGives> {
    return this.#ask('pause', { runId, ...options });
  }

  /** As `resume` of the runtime. */
  resume(runId: string): Promise<PauseGives> {
    return this.#ask('resume', { runId });
  }

  /** As `enqueue` of the runtime. */
  enqueue(runId: string, step: string, node: Omit<EnqueueAsks, 'runId' | 'step'>): Promise<EnqueueGives> {
    return this.#ask('enqueue', { runId, step, ...node });
  }

  /** As `decide` of the runtime. */
  decide(runId: string, step: string, said: Omit<DecideAsks, 'runId' | 'step'>): Promise<DecideGives> {
    return this.#ask('decide', { runId, step, ...said });
  }

  async create(machine: string, options: CreateOptions): Promise<InstanceView> {
    await this.#ask('create', { machine, ...options });
    return this.reader.instance(machine, options.id) as InstanceView;
  }

  rollback(machine: string, id: string, options: Omit<RollbackAsks, 'machine' | 'id'> = {}): Promise<RollbackGives> {
    return this.#ask('rollback', { machine, id, ...options });
  }

  async removeInstance(machine: string, id: string, options: { readonly force?: boolean } = {}): Promise<void> {
    await this.#ask('remove', { machine, id, ...options });
  }

  async restoreInstance(document: unknown, options: RestoreOptions = {}): Promise<InstanceView> {
    const { machine, id } = await this.#ask('restore', { document, ...options });
    return this.reader.instance(machine, id) as InstanceView;
  }

  restoreInstances(
    documents: Readonly<Record<string, unknown>>,
    options: Omit<RestoreOptions, 'id'> = {},
  ): Promise<RestoreResult> {
    return restoreAll(documents, (document) => this.#ask('restore', { document, ...options }));
  }

  /** Waits for the end of a run. */
  async result(runId: string, options: { readonly signal?: AbortSignal } = {}): Promise<FlowResult> {
    const row = await this.#until(() => {
      const row = this.#store.tables.runs.get(runId);
      if (row === undefined) throw new RunError('MR3208', `There is no run '${runId}'.`, { details: { run: runId } });
      if (options.signal?.aborted === true)
        throw new RunError('MR3223', `The wait for run '${runId}' was given up. The run goes on.`);
      return row.ended !== null || row.status === 'blocked' ? row : undefined;
    });
    const contracts = row.kind === 'flow' ? this.#system.flows[row.target]?.contract : this.#system.tasks[row.target];
    return flowResult(row, this.#store.tables.journal.of(runId), contracts?.output);
  }

  status(runId: string): RunView | undefined {
    return this.reader.run(runId);
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#store.close();
    return Promise.resolve();
  }

  async #ask<K extends RequestKind>(kind: K, asks: Requests[K]['asks']): Promise<Requests[K]['gives']> {
    const request = writeAsks<K>(asks);
    const id = this.#store.transaction((tx) => tx.inbox.insert({ kind, request, at: Date.now() }));
    const text = await this.#until(() => this.#store.tables.inbox.get(id)?.answer ?? undefined);
    return fromAnswer(JSON.parse(text) as Answer<K>);
  }

  /** Looks until there is something, as long as somebody drives the database. */
  async #until<T>(read: () => T | undefined): Promise<T> {
    for (let looks = 0; ; looks++) {
      if (this.#closed) throw new RunError('MR3223', 'The client was closed.');
      const found = read();
      if (found !== undefined) return found;
      if (looks % 100 === 99) this.#checkOwner();
      await wait(look);
    }
  }

  #checkOwner(): void {
    const owner = this.#store.tables.owner.get();
    if (owner !== undefined && isAlive(owner, Date.now())) return;
    throw new OwnerError(
      'MR3403',
      'The process that drove this database has ended. What was asked of it is kept and happens when the database is driven again.',
      {
        retryable: true,
        fault: 'environment',
      },
    );
  }
}

/**
 * Drives the database, or, when another process does so already, talks to that one. Both have `start`, `result`,
 * `executeFlow`, `sendEvent`, `cancel`, `pause`, `resume`, `decide`, `enqueue`, `create`, `rollback`, `restoreInstance`, `restoreInstances`, `status`,
 * `reader` and `close`; `role` tells which it is.
 *
 * @example
 * ```ts
 * import { connect } from 'millrace/runtime';
 * import type { BoundSystem } from 'millrace/tasks';
 *
 * declare const system: BoundSystem;
 * const millrace = connect(system, { db: 'orders.db' });
 * const sent = await millrace.sendEvent('orderPlaced', { orderId: 'A1' });
 * if (millrace.role === 'owner') await millrace.idle();
 * await millrace.close();
 * ```
 */
export function connect(
  system: BoundSystem,
  options: RuntimeOptions & { readonly db: string },
): ReactiveSystemRuntime | Client {
  try {
    return new ReactiveSystemRuntime(system, options);
  } catch (error) {
    if (error instanceof OwnerError && error.code === 'MR3401') return new Client(system, options);
    throw error;
  }
}
