import type { ErrorRecord } from '../../core/index.ts';
import type { InstanceName } from '../../engine/index.ts';
import type { MachineEvent, Snapshot } from '../../machine/index.ts';
import type { HistoryView, InstanceView, RollbackGives } from '../../runtime/index.ts';
import type { Published } from '../contract.ts';

/**
 * Machine instances: one virtual object for each machine (`names.machine(name)`), by the id of the instance. Which handlers
 * it has, what they are called with and what they give. `get`, `available` and `history` are shared: they read what the
 * last event has left, whatever the instance does now. What is refused with a code is a TerminalError whose metadata
 * `millrace` is the JSON of `{ status: 'failed', error: ErrorRecord }`, as for runs.
 *
 * What an instance is lies in the K/V state of its object, and can be listed by SQL (`select service_key, key, value_utf8
 * from state where service_name = '…' and key = 'instance'`):
 *
 * - `instance`: `InstanceState`. Absent: there is no such instance.
 * - `entry 0000000012`: `HistoryEntry` by its sequence, ten digits. Kept are those from `oldest` to `seq` of the instance.
 * - `life`: how many instances of this id were removed. Absent: none.
 */
export interface MachineHandlers {
  /** An event of the log that names this instance. Never fails for what the machine makes of it. */
  event: { asks: EventAsks; gives: EventGives };
  /** @throws MR3305 it exists, MR3307, MR3311, MR3218 its id, MR3304. */
  create: { asks: CreateAsks; gives: InstanceView };
  /** From itself: a timer is due. */
  ring: { asks: RingAsks; gives: void };
  /** From what works for it, a run or another instance: it has ended. Of what was stopped meanwhile: nothing happens. */
  ended: { asks: EndedAsks; gives: void };
  /** From another instance. */
  send: { asks: SendAsks; gives: void };
  /** From whom it has sent to: could not be delivered. */
  unsent: { asks: UnsentAsks; gives: void };
  /** From the instance that it works for: that one has left the state. */
  halt: { asks: HaltAsks; gives: void };
  /** What waited for a machine that fits is tried again. */
  wake: { asks: WakeAsks; gives: void };
  /** Shared. Null: there is no such instance. */
  get: { asks: void; gives: InstanceView | null };
  /** Shared. The names of the events that it would take now. */
  available: { asks: void; gives: readonly string[] };
  /** Shared. Oldest first. */
  history: { asks: HistoryAsks; gives: readonly HistoryView[] };
  /** @throws MR3304, MR3306, MR3350, MR3351, MR3352, MR3353, MR3359. */
  rollback: { asks: RollbackAsks; gives: RollbackGives };
  /** @throws MR3306, MR3360. */
  remove: { asks: RemoveAsks; gives: InstanceName };
}

export interface EventAsks {
  /** By its own name, its payload as it was written. */
  readonly event: Published;
}

/** The same as the delivery of the embedded engine. */
export interface EventGives {
  readonly to: 'instance';
  readonly machine: string;
  readonly instanceId: string;
  readonly created: boolean;
  readonly handled: boolean;
  readonly available?: readonly string[];
  readonly error?: ErrorRecord;
}

export interface CreateAsks {
  /** JSON, as it was written. Absent: `{}`. */
  readonly context?: unknown;
  /** The instance that it works for. */
  readonly parent?: ParentState;
  readonly depth?: number;
}

export interface RingAsks {
  /** The number of the timer. */
  readonly token: string;
}

/** What RUNS sends to `names.machine(owner.machine)`, key `owner.instance`, when a run with an owner has ended. */
export interface EndedAsks {
  readonly ref: string;
  readonly token: string;
  readonly end: EndOfWork;
  /** Of the chain of events that has led to it, when an instance sends it. */
  readonly depth?: number;
}

export type EndOfWork =
  | { readonly ok: true; readonly output?: unknown }
  | { readonly ok: false; readonly error: ErrorRecord };

export interface SendAsks {
  /** By the alias of the machine that gets it; the payload is JSON. */
  readonly event: MachineEvent;
  /** Who hears of it when it cannot be delivered. */
  readonly by: InstanceName;
  /** To whom it was sent, and under which name, in the words of the sender. */
  readonly target: string;
  readonly name: string;
  /** May it create the instance? */
  readonly creates: boolean;
  readonly depth: number;
}

export interface UnsentAsks {
  readonly error: ErrorRecord;
  readonly depth: number;
}

export interface HaltAsks {
  /** The token of the work that it did: another instance of this id may be there by now. */
  readonly token: string;
}

export interface WakeAsks {
  /** How often it was tried; nothing when a person or a deployment asks. */
  readonly tries?: number;
}

export interface HistoryAsks {
  /** The newest so many. Default: all. */
  readonly tail?: number;
  /** Only entries before this sequence. */
  readonly before?: number;
}

export interface RollbackAsks {
  readonly to?: number;
  readonly fromFinal?: boolean;
}

export interface RemoveAsks {
  readonly force?: boolean;
}

/** What an instance is. Times are in ms since 1970, by the clock of the system. */
export interface InstanceState {
  readonly status: 'active' | 'done' | 'stopped';
  readonly snapshot: Snapshot<unknown>;
  /** Of the machine that made the snapshot. */
  readonly hash: string;
  /** Of the system. */
  readonly version: string;
  /** How many entries its history has had. */
  readonly seq: number;
  /** The first of them that is kept. */
  readonly oldest: number;
  readonly created: number;
  readonly updated: number;
  readonly parent?: ParentState;
  /** How many instances of its id were removed before. */
  readonly life?: number;
  /** What the newest entry of the history says. */
  readonly last: NonNullable<InstanceView['lastTransition']>;
  /** In the order in which they ring. */
  readonly timers?: readonly TimerState[];
  readonly work?: readonly WorkState[];
  /** What waits for a machine that fits. */
  readonly parked?: readonly ParkedState[];
}

export interface ParentState extends InstanceName {
  /** The id of the work in the machine of the parent. */
  readonly ref: string;
  /** Of this one piece of work; absent when it is over. */
  readonly token?: string;
}

export interface TimerState {
  readonly token: string;
  /** Under which it can be taken back. */
  readonly id?: string;
  readonly due: number;
  /** To another machine. Absent: to the instance itself. */
  readonly target?: string;
  readonly event: MachineEvent;
}

/** What works for an instance. */
export interface WorkState {
  /** The id in the machine, such as `fulfilling.fulfilOrder`. */
  readonly ref: string;
  /** The id of the run, or of the instance; it is the token too. */
  readonly token: string;
  readonly kind: 'flow' | 'task' | 'machine';
  readonly name: string;
  readonly input?: unknown;
  /** Of a run. */
  readonly invocation?: string;
}

export interface ParkedState {
  readonly event: MachineEvent;
  readonly at: number;
}

/** What the history keeps of a step: what is shown, and what a rollback needs. */
export interface HistoryEntry extends HistoryView {
  /** Of the snapshot, beside the states and the context. */
  readonly more?: Partial<Snapshot<unknown>>;
  /** What the instance waited for then: its timers and its work; the text for more than 100. */
  readonly armed?: ArmedState | 'too many';
}

export interface ArmedState {
  readonly timers: readonly TimerState[];
  readonly work: readonly WorkState[];
}
