import { setMaxListeners } from 'node:events';
import type { Context, internal } from '@restatedev/restate-sdk';
import type { ErrorRecord } from '../../core/index.ts';
import { Cancelled, never, RunError, Scope, type Program } from '../../engine/index.ts';
import type { PartialFailure } from '../../runtime/index.ts';
import type { Place, Published, RunAsks } from '../contract.ts';
import { Driver } from '../driver/driver.ts';
import { publish } from '../events/index.ts';
import { Blocked } from './blocked.ts';
import type { Limit } from './limit.ts';
import { timePasses } from './timer.ts';

/** Why a run stops before its code has come to its end. */
export interface Stop {
  readonly reason: 'cancel' | 'timeout' | 'error';
  readonly error: ErrorRecord;
}

/** How a finished step is undone. */
export interface Undo {
  readonly path: string;
  /** As the how manieth of the run it ended. */
  readonly order: number;
  /** Does it, as a step of its own at `PATH/~undo`. */
  readonly carryOut: () => Promise<unknown>;
}

interface Leash {
  readonly signal: AbortSignal;
  readonly off: () => void;
}

function leashOf(scope: Scope): Leash & { readonly pull: () => void } {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const pull = (): void => controller.abort(scope.reason ?? new Cancelled('The work goes on elsewhere.'));
  if (scope.reason !== undefined) pull();
  return { signal: controller.signal, pull, off: scope.onAbort(pull) };
}

/**
 * A run while its invocation is at work. After a crash or a rest its flow is run from the start: what Restate's journal has
 * is handed out, in the same order, and what it does not have is done.
 */
export class Run {
  readonly place: Place;
  readonly ctx: Context;
  readonly asks: RunAsks;
  readonly program: Program;
  readonly kind: 'flow' | 'task';
  readonly driver: Driver;
  /** The id of the invocation: another one when the run is begun anew from some step. */
  readonly invocation: string;
  /** The end of that, as records have it. */
  readonly by: string;
  /** Has another attempt of the invocation, perhaps in another process, done something? */
  readonly resumed: boolean;
  readonly root = new Scope();
  /** Out of reach of a cancel, for compensation. */
  readonly shield = new Scope();
  readonly undos: Undo[] = [];
  /** Failures that did not end it. */
  readonly errors: PartialFailure[] = [];
  /** The ids of events that it has taken: each counts once. */
  readonly taken: string[];
  stopping: Stop | undefined;
  /** How often it was cancelled. Only the first time counts, but Restate passes each on to the flows that it runs then. */
  cancels = 0;
  /** Its time limit, if it has one. */
  limit: Limit | undefined;
  /** Who has made the newest record that it has seen. */
  #maker: string | undefined;
  /** The raw result of the last task, for a run that is a single task: JSON. */
  lastOutput: unknown;
  /** Rejects when this code cannot go on, although the run could. */
  readonly blocked = Promise.withResolvers<never>();
  /** The connection to the server is lost, or the run at rest: whatever this code still does is nobody's. */
  readonly gone: AbortSignal;
  #order = 0;
  /** There are records of another invocation, of which this one is a copy up to some step. */
  #foreign = false;
  /** The signals of attempts under way, and how many each has: they have to end when this code's turn at the invocation does. */
  readonly #leashes = new Map<Leash & { readonly pull: () => void }, number>();
  #rootLeash: ReturnType<typeof leashOf> | undefined;

  constructor(place: Place, ctx: Context, asks: RunAsks, program: Program, kind: 'flow' | 'task') {
    this.place = place;
    this.ctx = ctx;
    this.asks = asks;
    this.program = program;
    this.kind = kind;
    const { id, attemptCompletedSignal } = ctx.request();
    this.invocation = id;
    this.by = id.slice(-8);
    this.resumed = this.replays;
    this.taken = asks.event === undefined ? [] : [asks.event];
    this.gone = attemptCompletedSignal;
    setMaxListeners(0, attemptCompletedSignal);
    attemptCompletedSignal.addEventListener('abort', () => {
      for (const { pull } of this.#leashes.keys()) pull();
    });
    this.driver = new Driver(() => this.#cancelled());
    // Nobody need be waiting for it.
    this.blocked.promise.catch(() => {});
  }

  get id(): string {
    return this.asks.run;
  }

  /** Is what is asked for next in the journal already, with a result or without? Nothing of the flow may depend on it. */
  get replays(): boolean {
    return !(this.ctx as internal.ContextInternal).isProcessing();
  }

  /** Was it begun anew from some step, or what runs it? Then nothing that is kept for equal requests is an answer. */
  get anew(): boolean {
    return (this.asks.epoch ?? 0) > 0 || this.#foreign || /~r\w/.test(this.id);
  }

  /** How many runs there are above this one. */
  get depth(): number {
    return this.asks.depth ?? 0;
  }

  /** Counts what has ended, in the order of the journal. */
  nextOrder(): number {
    return ++this.#order;
  }

  /** Notes who has made a record. What comes after those of another invocation was begun anew, and has its own time. */
  saw({ by }: { readonly by: string }): void {
    if (this.#maker !== undefined && this.#maker !== by) this.limit?.again();
    this.#maker = by;
    if (by !== this.by) this.#foreign = true;
  }

  /** Stops the run, unless it stops already. */
  stop(stop: Stop): void {
    if (this.stopping !== undefined) return;
    this.stopping = stop;
    this.root.abort(new Cancelled(stop.error.message));
  }

  /** This code cannot go on with the run: it waits as it is, and the server asks again until it can. */
  block(error: Error): Promise<never> {
    this.blocked.reject(new Blocked(error));
    return never();
  }

  /** The code asks for something else than what is recorded. */
  diverged(what: string): Promise<never> {
    return this.block(
      new RunError(
        'MR3205',
        `Run '${this.id}' of flow '${this.program.target}' does not fit its code any more: ${what}. Bring the old code back, go back to a step before the change (\`dsl runs retry FILE ${this.id} --from-step STEP\`), or cancel the run.`,
        { fault: 'user-code', details: { run: this.id } },
      ),
    );
  }

  /** A signal for an attempt: aborted with its scope, and when its work is done elsewhere. `off` lets go of it. */
  leash(scope: Scope): Leash {
    // Most attempts are of the body of a flow: these share one.
    const leash = scope === this.root ? (this.#rootLeash ??= leashOf(scope)) : leashOf(scope);
    this.#leashes.set(leash, (this.#leashes.get(leash) ?? 0) + 1);
    return {
      signal: leash.signal,
      off: () => {
        const users = (this.#leashes.get(leash) ?? 1) - 1;
        if (users > 0) this.#leashes.set(leash, users);
        else this.#leashes.delete(leash);
        if (leash !== this.#rootLeash) leash.off();
      },
    };
  }

  /** Waits until a time, `now` being what the journal says it is. Throws when the scope is aborted before. */
  async waitUntil(until: number, now: number, name: string, scope: Scope): Promise<void> {
    if (scope.reason !== undefined) throw scope.reason;
    if (until <= now) return;
    const came = await timePasses(this, name, until - now, scope);
    if (!came.ok) throw came.failure;
  }

  /** Publishes events, in order. */
  publish(events: readonly Published[]): void {
    if (events.length > 0) publish(this.ctx, this.place, events, this.id);
  }

  #cancelled(): void {
    this.cancels++;
    this.stop({ reason: 'cancel', error: cancelledBy(this.id) });
  }
}

function cancelledBy(run: string): ErrorRecord {
  const message = `Run '${run}' was cancelled.`;
  return { name: 'RunError', message, code: 'MR3203', retryable: false, fault: 'input', details: { run } };
}
