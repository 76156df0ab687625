import type { Clock, ErrorRecord, Scheduler } from '../core/index.ts';
import type { AnyEvent } from '../flow/index.ts';
import type { JournalRow, RunRow, Store, Tx } from '../store/index.ts';
import type { EvidenceWorld, Logger, WorldPort } from '../tasks/index.ts';
import type { Attempts } from './attempts/index.ts';
import type { Bus } from './bus.ts';
import type { HistoryLimits, Registry } from '../engine/index.ts';
import type { Writer } from './writer.ts';

/** An event about to be appended to the log. Its payload is JSON text that fits the schema. */
export interface NewEvent {
  readonly event: AnyEvent;
  readonly payload: string | undefined;
  readonly source: string;
}

/** Why a run ends badly. */
export interface Stop {
  readonly reason: 'error' | 'cancel' | 'timeout';
  readonly error: ErrorRecord;
}

/** What may be said about a run when it is created. */
export interface NewRun {
  readonly id: string;
  readonly kind: RunRow['kind'];
  readonly target: string;
  readonly input: string | undefined;
  readonly metadata?: string | undefined;
  readonly parent?: { readonly run: string; readonly path: string };
  readonly owner?: { readonly machine: string; readonly instance: string; readonly ref: string };
  /** Work of runs with a higher one begins first. Default: its parent's, else 0. */
  readonly priority?: number | undefined;
  /** In ms, when it differs from the flow's own. */
  readonly timeout?: number | undefined;
}

/** How a run ended. */
export interface RunEnd {
  readonly status: 'completed' | 'failed' | 'cancelled';
  /** JSON text. */
  readonly output: string | undefined;
  readonly error: ErrorRecord | undefined;
  /** Failures that did not end it: JSON. */
  readonly errors: string | null;
}

/** The parts of the engine, as they see each other. Everything that takes a `tx` is called inside a unit. */
export interface Context {
  readonly clock: Clock;
  /** When callbacks run, and the wall clock. Nothing else of the engine asks the event loop. */
  readonly scheduler: Scheduler;
  readonly random: () => number;
  readonly logger: Logger;
  readonly store: Store;
  readonly writer: Writer;
  readonly registry: Registry;
  readonly bus: Bus;
  /** The attempts of tasks that are under way; none begins once it is closed. */
  readonly attempts: Attempts;
  /** What evidence sees of the world. */
  readonly world: EvidenceWorld;
  /** What tasks reach through their context. */
  readonly outside: WorldPort;
  /** Milliseconds of real time, from some moment on: how long something takes is the difference of two. */
  readonly stopwatch: () => number;
  /** Who makes attempts. It is told of every line of the journal of a run in memory, in its transaction. */
  readonly sharing: { readonly elsewhere: boolean; recorded(tx: Tx, row: JournalRow): void };
  /** How much of the history of an instance is kept. */
  readonly limits: HistoryLimits;
  /** After how many lines of the journal a `repeat` lets go of rounds that are over. */
  readonly compactAfter: number;
  /** How deep flows may run flows. */
  readonly maxDepth: number;

  /** Appends an event; gives its id. */
  publish(tx: Tx, event: NewEvent): string;
  /** Creates a run, which starts after the commit. */
  create(tx: Tx, run: NewRun): void;
  /** Appends to the journal of a run, in memory or not, that has not ended; the run is woken after the commit. */
  record(tx: Tx, run: string, row: Omit<JournalRow, 'run' | 'seq' | 'at'>): void;
  /** Writes that a run must stop, unless it has ended or stops for another reason; says whether it ends for this one. */
  stop(tx: Tx, run: string, stop: Stop): boolean;
  /** Ends a run: its row, timers and waits, the news to its parent or machine instance. */
  end(tx: Tx, run: string, end: RunEnd): void;
  /** Marks a run as running and goes on with it, at `path`, after the commit. */
  wake(tx: Tx, run: string, path: string): void;

  /** Brings a run into memory and goes on with it. `again`: is that to be told as a recovery? Default true. */
  load(run: string, again?: boolean): void;
  /** Enqueues `stop` for a run. */
  requestStop(run: string, stop: Stop): void;
  /** Makes sure that events of this name are found by these payload fields. */
  indexBy(tx: Tx, event: string, fields: readonly string[]): void;
  /** Does what belongs to no unit, from a callback that nobody could catch: if it throws, the engine stops. */
  guard(work: () => void): void;
  /** A run has been marked as blocked. */
  blocked(run: string, error: ErrorRecord): void;
}
