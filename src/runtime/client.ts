import { setTimeout as wait } from 'node:timers/promises';
import { openSqlite, type Store } from '../store/index.ts';
import type { BoundSystem } from '../tasks/index.ts';
import { writeAsks } from './asks.ts';
import type { Dispatched } from './dispatcher.ts';
import { Controls } from './controls.ts';
import { checkSystem, OwnerError, RunError } from '../engine/index.ts';
import type { RuntimeOptions } from './options.ts';
import { isAlive } from './owner.ts';
import { readerOf, type Reader } from './reader.ts';
import type { Answer, RequestKind, Requests } from './requests.ts';
import {
  flowResult,
  fromAnswer,
  type FlowResult,
  type SendOptions,
  type SendResult,
  type StartOptions,
} from './results.ts';
import { ReactiveSystemRuntime } from './runtime.ts';
import type { RunView } from './views.ts';
import { knownRun } from './known-run.ts';

/** How often a client looks for its answer, in ms. */
const look = 5;

/**
 * Asks the process that drives a database, through rows in the database itself. A request is carried out once, and is
 * kept when the owner dies before it: the next owner carries it out.
 */
export class Client extends Controls {
  readonly role = 'client';
  override readonly reader: Reader;
  readonly #store: Store;
  readonly #system: BoundSystem;
  #closed = false;

  constructor(system: BoundSystem, options: { readonly db: string }) {
    super();
    checkSystem(system);
    this.#system = system;
    this.#store = openSqlite(options.db);
    this.reader = readerOf(this.#store);
  }

  async executeFlow(name: string, input?: unknown, options: StartOptions = {}): Promise<FlowResult> {
    const { runId } = await this.start(name, input, options);
    return this.result(runId);
  }

  async sendEvent(name: string, payload?: unknown, options: SendOptions = {}): Promise<SendResult> {
    const { eventId } = await this.ask('send', { event: name, payload, ...options });
    const result = await this.#until(() => this.#store.tables.events.get(eventId)?.result ?? undefined);
    return { eventId, ...(JSON.parse(result) as Dispatched) };
  }

  /** The same as `sendEvent`. */
  send(name: string, payload?: unknown, options: SendOptions = {}): Promise<SendResult> {
    return this.sendEvent(name, payload, options);
  }

  /** Waits for the end of a run. */
  async result(runId: string, options: { readonly signal?: AbortSignal } = {}): Promise<FlowResult> {
    const row = await this.#until(() => {
      const row = knownRun(this.#store.tables, runId);
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

  protected override async ask<K extends RequestKind>(
    kind: K,
    asks: Requests[K]['asks'],
  ): Promise<Requests[K]['gives']> {
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
