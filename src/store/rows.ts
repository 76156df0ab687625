/** Where a run stands. `completed` and `cancelled` are final; `failed` may be retried by a person. */
export type RunStatus = 'pending' | 'running' | 'waiting' | 'paused' | 'completed' | 'failed' | 'cancelled' | 'blocked';

/** One run of a flow, or of a single task. Texts named `input`, `output`, `error` hold JSON. Times are ms since 1970. */
export interface RunRow {
  readonly id: string;
  readonly kind: 'flow' | 'task';
  /** The name of the flow or task. */
  readonly target: string;
  /** The hash of the flow when the run started; for people, and for flows that were registered at run time. */
  readonly hash: string;
  /** Was the flow registered at run time, by closure? */
  readonly registered: boolean;
  readonly status: RunStatus;
  readonly input: string | null;
  readonly output: string | null;
  /** Why it failed or is blocked: an ErrorRecord. */
  readonly error: string | null;
  /** Failures that did not end the run, of steps that go on and of undos: `{path, error}[]`. */
  readonly errors: string | null;
  readonly metadata: string | null;
  /** The run that called this one, and the path of the step that did. */
  readonly parent: string | null;
  readonly parentPath: string | null;
  /** The machine instance that this run works for, and the id under which it knows the run. */
  readonly machine: string | null;
  readonly instance: string | null;
  readonly ref: string | null;
  /** The sequence number of the newest event when the run started: what it waits for comes later. */
  readonly since: number;
  /** The version of the system that its data is known to have: the one that made it, or to which it was migrated. Null: older than this field. */
  readonly version: string | null;
  /**
   * How its steps were called when their keys and children were made: for each migration that renamed some, oldest first,
   * from the new path to the old one: JSON.
   */
  readonly renamed: string | null;
  /** Work of runs with a higher one begins first. */
  readonly priority: number;
  /** What it was forked from: `{run, seq}` as JSON. */
  readonly forked: string | null;
  readonly created: number;
  readonly updated: number;
  readonly ended: number | null;
}

/** What a line of the journal says happened. */
export type JournalKind =
  /** A task is about to be tried for the first time. `name`: the task, `data`: its input. */
  | 'started'
  /** A child run was created. `name`: the flow, `data`: its input. */
  | 'called'
  /** Try number `attempt` failed and another follows. `data`: `{error, until}`. */
  | 'retrying'
  | 'completed'
  | 'failed'
  | 'cancelled'
  /** `data`: the time it ends. */
  | 'sleeping'
  | 'slept'
  /** `name`: the event, `data`: `{key, until?}`. */
  | 'waiting'
  /** `data`: `{key, event, payload}`. */
  | 'received'
  | 'timedOut'
  /** `data`: the name of the case. */
  | 'chosen'
  /** `data`: the length of the list. */
  | 'mapped'
  /** `name`: the event, `data`: `{id, payload}`. */
  | 'emitted'
  /** A part of a race came to its end first. `data`: its name. */
  | 'won'
  /** A graph has begun. `data`: `{nodes}`, the names of those that the code declares. */
  | 'opened'
  /** A node was added to a running graph, at `GRAPH/~add/NODE`. `name`: the task, `data`: `{input?, needs}`. */
  | 'enqueued'
  /** A node of a graph will not run: what it needs has failed. */
  | 'skipped'
  /** All nodes of a graph have ended. `data`: `{failed, skipped}`, names. */
  | 'closed'
  /** A person is to decide. `data`: `{message?, form?, until?}`, `form` as JSON Schema. A newer line asks anew. */
  | 'asked'
  /** A person has decided. `data`: `{approved, by, form?}`. */
  | 'decided'
  /** The body of an attempt failed; what follows are its undos and its handler. `data`: the error. */
  | 'caught'
  /** The process in which try number `attempt` was under way has died. `data`: `{lost}`, how often that has happened to this try. */
  | 'lost'
  /** What evidence says of a finished step, at `STEP/~evidence`. `data`: `{ok, items}`. */
  | 'verified'
  /** Earlier rounds of a repeat were let go. `data`: `{rounds}`, with which number it goes on. */
  | 'compacted'
  /** From here on the run has not done `path` and what came after it. `data`: see `Rewound`. */
  | 'rewound'
  /** The run is ending badly; what follows are its undos. `data`: `{reason, error}`. */
  | 'stopping';

/** One line of a run's journal. Lines are only ever appended. */
export interface JournalRow {
  readonly run: string;
  readonly seq: number;
  readonly at: number;
  readonly kind: JournalKind;
  readonly path: string;
  readonly name: string | null;
  readonly attempt: number;
  /** `line:column` in the `.dsl.ts`. */
  readonly place: string | null;
  readonly data: string | null;
}

/** Something that must happen at a time. */
export interface TimerRow {
  /** Unique; says whose it is. */
  readonly key: string;
  readonly due: number;
  /** `parked`: an event for an instance that cannot take it as the code stands. It does not ring. */
  readonly kind: 'sleep' | 'retry' | 'wait' | 'run' | 'schedule' | 'machine' | 'parked';
  /** The run, or the machine. */
  readonly target: string;
  /** The path in the run, or the instance. */
  readonly part: string;
  /** Under which id an instance can take it back; several timers may share it. */
  readonly name: string | null;
  readonly data: string | null;
}

/** A run that waits for an event whose fields match. */
export interface WaitRow {
  readonly run: string;
  readonly path: string;
  readonly event: string;
  /** The names of the fields and their values: see `matchKey`. */
  readonly key: string;
  readonly created: number;
}

/** One event of the log. */
export interface EventRow {
  readonly seq: number;
  readonly id: string;
  readonly name: string;
  readonly payload: string | null;
  readonly at: number;
  readonly expires: number;
  /** Who published it: `run ID PATH`, `instance MACHINE ID`, or `send`. */
  readonly source: string;
  /** Whether the dispatcher has taken it, and what came of it: JSON. */
  readonly result: string | null;
}

/** A machine instance. */
export interface InstanceRow {
  readonly machine: string;
  readonly id: string;
  readonly status: 'active' | 'done' | 'stopped';
  /** The machine's snapshot: JSON. */
  readonly snapshot: string;
  readonly hash: string;
  /** The number of its newest history row. */
  readonly seq: number;
  readonly parentMachine: string | null;
  readonly parentInstance: string | null;
  readonly parentRef: string | null;
  /** Of one that works for another: the context that it was given. */
  readonly input: string | null;
  /** May it have timers or work? False: it has none. */
  readonly armed: boolean;
  /** As for runs. */
  readonly version: string | null;
  /** The number of the history row that its last migration wrote: what lies before is of another version. */
  readonly migrated: number | null;
  readonly created: number;
  readonly updated: number;
}

/** One event taken by an instance. */
export interface HistoryRow {
  readonly machine: string;
  readonly instance: string;
  readonly seq: number;
  readonly at: number;
  readonly event: string;
  readonly payload: string | null;
  /** The active leaf states before and after: JSON arrays; `before` is null on creation. */
  readonly before: string | null;
  readonly after: string;
  readonly context: string;
  /** What guards and actions threw: JSON. */
  readonly errors: string | null;
  readonly kind: 'event' | 'rollback' | 'migration';
  /** What else the snapshot held, `status`, `output`, `history`: JSON; null for an active one without any. */
  readonly more: string | null;
  /** The timers and the work that it then had: JSON; null for none. */
  readonly armed: string | null;
  /** How long the step took, in ms of real time. Unknown for rows of older versions. */
  readonly took: number | null;
}

/** What an instance did last; `size`: how many history rows it has. */
export interface NewestRow extends Pick<HistoryRow, 'seq' | 'at' | 'event' | 'before' | 'after'> {
  readonly size: number;
}

/** A history row with what it takes to measure: see `InstanceTable.walk`. */
export interface WalkRow extends Pick<HistoryRow, 'instance' | 'seq' | 'at' | 'after' | 'took'> {
  readonly failed: boolean;
  /** The newest row of its instance. */
  readonly last: number;
  readonly status: InstanceRow['status'];
  readonly created: number;
  readonly updated: number;
}

/** How many active instances of another hash stand in the same states: JSON of the names. */
export interface StandingRow {
  readonly state: string;
  readonly count: number;
  /** One of them. */
  readonly example: string;
}

/** A request of another process. */
export interface InboxRow {
  readonly id: number;
  readonly kind: string;
  readonly request: string;
  readonly at: number;
  /** `{ok: ...}` or `{error: ErrorRecord}`; null until it has been carried out. */
  readonly answer: string | null;
}

/** The process that drives the file. Times are of the wall clock, whatever clock the system runs on. */
export interface OwnerRow {
  readonly owner: string;
  /** Rises with every change of owner: a transaction of an older epoch is refused. */
  readonly epoch: number;
  readonly pid: number;
  readonly host: string;
  /** Tells two processes with the same pid apart. */
  readonly started: string;
  readonly beat: number;
}

/** A migration that was carried out. */
export interface MigrationRow {
  readonly id: string;
  readonly system: string;
  /** The version to which the rows were brought. */
  readonly target: string;
  readonly at: number;
  /** What came of it: JSON. */
  readonly report: string;
}

/** A key under which a caller asked for something once. */
export interface IdempotencyRow {
  readonly scope: 'send' | 'start';
  readonly key: string;
  /** A hash of what was asked. */
  readonly request: string;
  /** What was answered: JSON. */
  readonly result: string;
  readonly at: number;
}

/** What was done under a key, so that it is not done again. */
export interface LedgerRow {
  /** `once`: by a caller's key. `tool`: in a step of a run. `cache`: by the input of a task. */
  readonly scope: 'once' | 'tool' | 'cache';
  readonly key: string;
  /** A hash of what was asked. */
  readonly request: string;
  /** `dropped`: it is over, and what came of it counts no more. */
  readonly status: 'pending' | 'succeeded' | 'failed' | 'dropped';
  /** Who has it in hand: another name for each claim. */
  readonly owner: string | null;
  /** Until when the claim holds, by the wall clock. */
  readonly until: number | null;
  /** The result or the error: JSON. Null for none, and for one that is in `blob`. */
  readonly result: string | null;
  /** The hash of a large result. */
  readonly blob: string | null;
  readonly run: string | null;
  readonly path: string | null;
  readonly task: string | null;
  /** The tool; for `once` the attempt that has it in hand. */
  readonly name: string | null;
  readonly executions: number;
  readonly replays: number;
  readonly created: number;
  readonly expires: number | null;
}

/** How often tools were used, by the steps of one task. */
export interface LedgerUse {
  readonly task: string;
  readonly executions: number;
  readonly replays: number;
}

/** How far a step has come within itself. */
export interface ProgressRow {
  readonly run: string;
  /** The path that the step had first. */
  readonly path: string;
  /** JSON. */
  readonly state: string;
  readonly at: number;
}

/** `expired`: lost so often that it is not tried any more. `completed`, `failed` and `expired` are final. */
export type WorkStatus = 'pending' | 'in_progress' | 'completed' | 'failed' | 'expired';

/** One attempt of one task that any process may make. Times are of the wall clock. */
export interface WorkRow {
  readonly id: string;
  readonly run: string;
  /** The path of the step. */
  readonly path: string;
  readonly task: string;
  readonly status: WorkStatus;
  /** The highest is taken first, then the oldest. */
  readonly priority: number;
  /** What the attempt needs to know: JSON. */
  readonly request: string;
  readonly attempt: number;
  /** How often whoever did it was not heard of again. */
  readonly lost: number;
  /** With that many losses it is `expired`. */
  readonly maxLost: number;
  /** Who does it now. */
  readonly worker: string | null;
  /** Of the newest claim. */
  readonly token: number;
  /** When the lease runs out. */
  readonly until: number | null;
  /** The outcome: JSON. */
  readonly result: string | null;
  /** How it was lost: JSON of `LossRow[]`. */
  readonly history: string | null;
  readonly created: number;
  readonly updated: number;
}

/** How work was lost once. */
export interface LossRow {
  readonly at: number;
  readonly worker: string;
}
