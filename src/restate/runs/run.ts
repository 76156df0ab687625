import type { Context } from '@restatedev/restate-sdk';
import type { ErrorRecord } from '../../core/index.ts';
import { Cancelled, never, Scope, type Program } from '../../engine/index.ts';
import type { At, Call } from '../../flow/index.ts';
import type { PartialFailure } from '../../runtime/index.ts';
import type { Place, Published, RunAsks } from '../contract.ts';
import { Driver } from '../driver/driver.ts';
import { publish } from '../events/publish.ts';
import { Blocked } from './blocked.ts';

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
  readonly call: () => Call<unknown>;
  readonly at: At;
  readonly time: number;
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
  readonly root = new Scope();
  /** Out of reach of a cancel, for compensation. */
  readonly shield = new Scope();
  readonly undos: Undo[] = [];
  /** Failures that did not end it. */
  readonly errors: PartialFailure[] = [];
  /** The ids of events that it has taken: each counts once. */
  readonly taken: string[] = [];
  stopping: Stop | undefined;
  /** The raw result of the last task, for a run that is a single task: JSON. */
  lastOutput: unknown;
  /** Rejects when this code cannot go on, although the run could. */
  readonly blocked = Promise.withResolvers<never>();
  /** The connection to the server is lost, or the run at rest: whatever this code still does is nobody's. */
  readonly gone: AbortSignal;
  #order = 0;

  constructor(place: Place, ctx: Context, asks: RunAsks, program: Program, kind: 'flow' | 'task') {
    this.place = place;
    this.ctx = ctx;
    this.asks = asks;
    this.program = program;
    this.kind = kind;
    const { id, attemptCompletedSignal } = ctx.request();
    this.invocation = id;
    this.gone = attemptCompletedSignal;
    this.driver = new Driver(() => this.#cancelled());
    // Nobody need be waiting for it.
    this.blocked.promise.catch(() => {});
  }

  get id(): string {
    return this.asks.run;
  }

  /** How many runs there are above this one. */
  get depth(): number {
    return this.asks.depth ?? 0;
  }

  /** Counts what has ended, in the order of the journal. */
  nextOrder(): number {
    return ++this.#order;
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

  /** Publishes events, in order. */
  publish(events: readonly Published[]): void {
    if (events.length > 0) publish(this.ctx, this.place, events);
  }

  #cancelled(): void {
    this.stop({ reason: 'cancel', error: cancelledBy(this.id) });
  }
}

function cancelledBy(run: string): ErrorRecord {
  const message = `Run '${run}' was cancelled.`;
  return { name: 'RunError', message, code: 'MR3203', retryable: false, fault: 'input' };
}
