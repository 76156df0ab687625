import type { DecideAsks, DecideGives } from './decide.ts';
import type { EnqueueAsks, EnqueueGives } from './enqueue.ts';
import type { RestoreOptions } from './instances/restore.ts';
import { restoreAll, type RestoreResult } from './instances/restore-all.ts';
import type { RollbackAsks, RollbackGives } from './instances/rollback.ts';
import type { InstanceView } from './instances/views.ts';
import type { PauseAsks, PauseGives } from './pause.ts';
import type { Reader } from './reader.ts';
import type { ForkGives } from './fork/fork.ts';
import type { ForkAsks } from './fork/fork-plan.ts';
import type { RetryGives } from './rewind/retry.ts';
import type { RetryAsks } from './rewind/retry-plan.ts';
import type { RequestKind, Requests } from './requests.ts';
import { pruneAll, type PruneOptions, type PruneReport } from './retention/prune.ts';
import type { CreateOptions, StartOptions, StartResult } from './results.ts';

/**
 * What may be asked of a database, the same for the process that drives it (`ReactiveSystemRuntime`) and for one that
 * talks to that process (`Client`).
 */
export abstract class Controls {
  abstract readonly reader: Reader;

  protected abstract ask<K extends RequestKind>(kind: K, asks: Requests[K]['asks']): Promise<Requests[K]['gives']>;

  /**
   * Starts a flow and resolves when that is durable. With the `id` of a run of the same flow and input it attaches to it.
   *
   * @throws RunError MR3201, MR3202, MR3206, MR3218, MR3220.
   */
  start(name: string, input?: unknown, options: StartOptions = {}): Promise<StartResult> {
    return this.ask('start', { kind: 'flow', target: name, input, ...options });
  }

  /**
   * A person's word on a step that waits for one: `reader.decisions()` has them all. It is recorded once, with who has
   * decided and when, and the run goes on.
   *
   * @throws RunError MR3208 unknown run, MR3232 nothing waits there, MR3233 it was decided already, MR3234 what was
   * filled in does not fit the form, or nobody is named.
   */
  decide(runId: string, step: string, said: Omit<DecideAsks, 'runId' | 'step'>): Promise<DecideGives> {
    return this.ask('decide', { runId, step, ...said });
  }

  /**
   * Adds a task to a graph that is under way: it runs when what it needs has ended. Its result is in the journal.
   *
   * @throws RunError MR3208 unknown run, MR3237 no graph is under way there, MR3238 such a node cannot be added.
   */
  enqueue(runId: string, step: string, node: Omit<EnqueueAsks, 'runId' | 'step'>): Promise<EnqueueGives> {
    return this.ask('enqueue', { runId, step, ...node });
  }

  /**
   * Cancels a run: attempts are aborted, finished steps undone. `accepted` is false when it had ended or failed before;
   * `undone: false`: it was blocked since its code does not fit, so that what it did stays as it is.
   */
  cancel(
    runId: string,
    options: { readonly reason?: string; readonly by?: string } = {},
  ): Promise<Requests['cancel']['gives']> {
    return this.ask('cancel', { runId, ...options });
  }

  /**
   * Lets a run, and the flows that it runs, begin nothing more until `resume`. Resolves when that is durable; attempts
   * under way are awaited, or with `inFlight: 'abort'` aborted and begun again later. Nothing is undone.
   *
   * @throws RunError MR3208 unknown run, MR3250 it has ended, is about to, or is blocked.
   */
  pause(runId: string, options: Omit<PauseAsks, 'runId'> = {}): Promise<PauseGives> {
    return this.ask('pause', { runId, ...options });
  }
  /** Goes on with a paused run, and with the flows that it runs. @throws RunError MR3208, MR3251 it is not paused. */
  resume(runId: string): Promise<PauseGives> {
    return this.ask('resume', { runId });
  }

  /**
   * Lets go of ended runs beyond the limits, the oldest first, each with the runs that it began: a batch a transaction, so
   * that other work goes on. What is under way or still needed stays.
   *
   * @throws MillraceError MR3520 without a limit, or for what is none.
   */
  prune(options: PruneOptions): Promise<PruneReport> {
    return pruneAll(options, (asks) => this.ask('prune', asks));
  }

  /** Creates a machine instance. @throws EventError MR3304 unknown machine, MR3305 it exists, MR3307 invalid context. */
  async create(machine: string, options: CreateOptions): Promise<InstanceView> {
    await this.ask('create', { machine, ...options });
    return this.reader.instance(machine, options.id) as InstanceView;
  }

  /**
   * Puts an instance where it stood after an earlier entry of its history, by default the one before: states, context,
   * what history states remember, the timers with the time that they had left. Its work is stopped, and what worked for
   * it then begins anew. What was published, sent or started for good stays so.
   *
   * @throws EventError MR3304, MR3306; MR3351 it has ended; MR3352 nothing lies before; MR3353 no such entry; MR3350 the
   * machine has no such state any more.
   */
  rollback(machine: string, id: string, options: Omit<RollbackAsks, 'machine' | 'id'> = {}): Promise<RollbackGives> {
    return this.ask('rollback', { machine, id, ...options });
  }
  /**
   * Makes an instance of a document, or of its JSON text.
   *
   * @throws EventError MR3354, MR3355 no document that can be read; MR3304 unknown machine; MR3305 there is such an
   * instance; MR3356 it is of another version; MR3350, MR3307 that does not fit this version. Nothing was written.
   */
  async restoreInstance(document: unknown, options: RestoreOptions = {}): Promise<InstanceView> {
    const { machine, id } = await this.ask('restore', { document, ...options });
    return this.reader.instance(machine, id) as InstanceView;
  }
  /** Makes instances of many documents. What cannot be restored is passed over and listed. */
  restoreInstances(
    documents: Readonly<Record<string, unknown>>,
    options: Omit<RestoreOptions, 'id'> = {},
  ): Promise<RestoreResult> {
    return restoreAll(documents, (document) => this.ask('restore', { document, ...options }));
  }
  /** Removes an instance with its history. @throws EventError MR3306 none; MR3360 it has not ended, without `force`. */
  async removeInstance(machine: string, id: string, options: { readonly force?: boolean } = {}): Promise<void> {
    await this.ask('remove', { machine, id, ...options });
  }
  /**
   * Does steps of a run again: what failed, or the step `fromStep` (`''`: all of the run), and what came after it in its own
   * part and in those around it. What ran beside it is kept, what was undone is done again. The steps have new idempotency
   * keys, except those whose attempts were only aborted. `input`: another input for that step. What is at work is aborted.
   * An undo that has failed is retried alone (`fromStep: 'charged/~undo'`), also of a run that was cancelled.
   *
   * @throws RunError MR3208 unknown run, MR3252 it is completed or cancelled (fork it), MR3253 not in this state, MR3254 no
   * such step, MR3255 an input that is not valid, MR3256 its journal does not fit the code, MR3257 the run above has gone on,
   * MR3259 it would forget undos of finished steps (`openEffects: 'keep'` accepts that).
   */
  retry(runId: string, options: Omit<RetryAsks, 'runId'> = {}): Promise<RetryGives> {
    return this.ask('retry', { runId, ...options });
  }
  /**
   * Begins a new run with what another one has done before a step (`fromStep`), or up to a checkpoint (`at`: see
   * `reader.checkpoints`); it goes on from there with the present code, under its own id and its own idempotency keys. The
   * other run, whatever its status, stays as it is. `input`: another input for that step. What the new run did not do itself
   * it does not undo; what the other one has undone is done again.
   *
   * @throws RunError MR3208 unknown run, MR3258 it is not said from where, MR3254 no such step or checkpoint, MR3255 an input
   * that is not valid, MR3256 its journal does not fit the code, MR3202 there is a run of that `id`, MR3218.
   */
  fork(runId: string, options: Omit<ForkAsks, 'runId'> = {}): Promise<ForkGives> {
    return this.ask('fork', { runId, ...options });
  }
}
