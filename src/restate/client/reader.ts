import { systemClock, type Clock, type MillraceError } from '../../core/index.ts';
import { RunError } from '../../engine/index.ts';
import type {
  CheckpointQuery,
  CheckpointView,
  DecisionView,
  HistoryQuery,
  HistoryView,
  InstanceQuery,
  InstanceView,
  RunQuery,
  StepView,
} from '../../runtime/index.ts';
import { ingressOf } from '../ingress/ingress.ts';
import { namesOf } from '../names.ts';
import { checkpointsOf } from './checkpoints.ts';
import { decisionsOf } from './decisions.ts';
import type { Desk } from './desk.ts';
import { heldUp } from './held-up.ts';
import { ask, getInstance, historyOf, listInstances } from './instances.ts';
import { seen } from './known.ts';
import { linesOf, type JournalLine } from './lines.ts';
import { listRuns } from './list.ts';
import { stepsOf } from './steps.ts';
import type { RestateRunView } from './views.ts';

/** Where a server of Restate is, and how it is talked to. */
export interface RestateClientOptions {
  /** The address that takes calls, such as `http://127.0.0.1:8080`. */
  readonly ingress: string;
  /** The address that is asked about invocations, such as `http://127.0.0.1:9070`. */
  readonly admin: string;
  /** The clock of the system: that of its endpoint. Default: the system clock. */
  readonly clock?: Clock;
  /** Called when the server cannot be reached, and is tried again. */
  readonly onUnreachable?: (failure: MillraceError) => void;
  /** How long a server that cannot be reached is tried again, in ms. Default 30 s. */
  readonly patienceMs?: number;
}

/** The names of what a system has. */
export interface Declared {
  /** Of the system. */
  readonly name: string;
  readonly flows: readonly string[];
  readonly tasks: readonly string[];
  readonly machines: readonly string[];
}

/**
 * Reads what a server of Restate knows of the runs and instances of a system. Changes nothing, and needs the names of its
 * declarations only. Everything is asked of the server, so everything is a promise; while that cannot be reached it is
 * tried again, then it fails with MR5210.
 */
export class RestateReader {
  readonly #desk: Desk;
  readonly #closed = new AbortController();

  constructor({ name, flows, tasks, machines }: Declared, options: RestateClientOptions) {
    const { ingress, admin, clock = systemClock(), onUnreachable, patienceMs = 30_000 } = options;
    this.#desk = {
      names: namesOf(name),
      flows,
      tasks,
      machines,
      ingress,
      admin,
      handlers: ingressOf(ingress, { patienceMs, ...(onUnreachable !== undefined && { onUnreachable }) }),
      clock,
      patienceMs,
      onUnreachable,
      closed: this.#closed.signal,
      known: new Map(),
    };
  }

  /** What its questions share. */
  protected get desk(): Desk {
    return this.#desk;
  }

  /** Where a run stands; undefined when there is none. */
  async status(runId: string): Promise<RestateRunView | undefined> {
    return (await seen(this.desk, runId))?.view;
  }
  /** Newest first. */
  list(query: RunQuery = {}): Promise<RestateRunView[]> {
    return listRuns(this.desk, query);
  }
  /** The runs that have not ended. */
  active(): Promise<RestateRunView[]> {
    return this.list({ status: ['pending', 'running', 'waiting', 'paused', 'blocked'] });
  }
  /** The steps of a run, in the order in which they began. Parts that only order others, such as a map, have no line. */
  async steps(runId: string): Promise<StepView[]> {
    const known = await seen(this.desk, runId);
    return known === undefined ? [] : stepsOf(this.desk, known.entries, known.view);
  }
  /** What its journal tells, in the words in which the embedded engine keeps its own. */
  async journal(runId: string): Promise<JournalLine[]> {
    const known = await seen(this.desk, runId);
    return known === undefined ? [] : linesOf(this.desk, known.entries);
  }
  /** Committed steps, newest first. */
  checkpoints(query: string | CheckpointQuery): Promise<CheckpointView[]> {
    return checkpointsOf(this.desk, typeof query === 'string' ? { run: query } : query);
  }

  /** The steps that wait for a person, of one run or of all, the oldest first. */
  decisions(runId?: string): Promise<DecisionView[]> {
    return decisionsOf(this.desk, runId);
  }

  /** Undefined when there is no such instance. @throws EventError MR3304 unknown machine. */
  get(machine: string, id: string): Promise<InstanceView | undefined> {
    return getInstance(this.desk, machine, id);
  }
  /** The most recently changed first. */
  instances(query: InstanceQuery & { readonly id?: string } = {}): Promise<InstanceView[]> {
    return listInstances(this.desk, query);
  }
  /** Newest first. A number is a `tail`. */
  history(machine: string, id: string, query: number | HistoryQuery = {}): Promise<HistoryView[]> {
    return historyOf(this.desk, machine, id, query);
  }
  /** By the system's names, what an instance would take now. @throws EventError MR3304. */
  available(machine: string, id: string): Promise<readonly string[]> {
    return ask(this.desk, machine, id, 'available');
  }
  /** Why the system does not answer, or a run does not go on, when the endpoint fails; undefined: nothing is known to fail. */
  heldUp(runId?: string): Promise<string | undefined> {
    return heldUp(this.desk, runId);
  }
  /** Ends what waits (MR3223). What runs goes on. */
  close(): Promise<void> {
    this.#closed.abort(new RunError('MR3223', 'The client was closed.'));
    return Promise.resolve();
  }
}
