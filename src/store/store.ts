import type { AnswerTable, BudgetTable, NoteTable, UsageTable } from './model-tables.ts';
import type {
  EventRow,
  HistoryRow,
  IdempotencyRow,
  InboxRow,
  InstanceRow,
  JournalRow,
  LedgerRow,
  LedgerUse,
  MigrationRow,
  NewestRow,
  OwnerRow,
  ProgressRow,
  RunRow,
  RunStatus,
  StandingRow,
  TimerRow,
  WaitRow,
  WalkRow,
  WorkRow,
  WorkStatus,
} from './rows.ts';

/** A page of a list: newest first unless said otherwise. */
export interface Page {
  readonly limit?: number;
  readonly offset?: number;
}

/** Named values: schema facts, the origin of the clock, the dispatcher's cursor. */
export interface MetaTable {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
}

/** The one row that says who drives the file. */
export interface OwnerTable {
  get(): OwnerRow | undefined;
  /** The epoch, read in each transaction. 0 when the file never had an owner. */
  epoch(): number;
  put(row: OwnerRow): void;
  /** Leaves the epoch in place. */
  release(): void;
}

export interface RunFilter extends Page {
  readonly status?: readonly RunStatus[];
  readonly target?: string;
  readonly parent?: string;
  readonly machine?: string;
  readonly instance?: string;
}

export interface RunTable {
  get(id: string): RunRow | undefined;
  insert(row: RunRow): void;
  /** Also sets `updated`. */
  status(id: string, status: RunStatus, at: number): void;
  end(id: string, end: Pick<RunRow, 'status' | 'output' | 'error' | 'errors'>, at: number): void;
  /** Marks a run as blocked, with the reason. */
  block(id: string, error: string, at: number): void;
  /** Forgets that a run works for an instance: its end is no news to it. */
  unlink(id: string): void;
  list(filter: RunFilter): RunRow[];
  /** The ids of the runs with these statuses: of higher priority first, then older ones. */
  ids(status: readonly RunStatus[]): string[];
  /** The run that an instance knows under `ref`. */
  linked(machine: string, instance: string, ref: string): RunRow | undefined;
  /** The runs that work for an instance now. */
  working(machine: string, instance: string): RunRow[];
  count(): Partial<Record<RunStatus, number>>;
  /** Replaces a row as a whole. */
  put(row: RunRow): void;
  /** The runs of this status that have not ended, in the order of their ids, those after `id`. */
  alive(status: RunStatus, id: string, limit: number): RunRow[];
  /** Is there a run under way whose data is of this version? */
  hasAlive(version: string): boolean;
  /** The runs that have ended and that belong to no step of another, the oldest end first, those after `after`. */
  ended(after: EndedRun, limit: number): EndedRun[];
  /** How many of these there are. */
  endedCount(): number;
  remove(id: string): void;
}

/** A run that has ended, in the order of the ends. */
export type EndedRun = Pick<RunRow, 'id'> & { readonly ended: number };

export interface JournalTable {
  append(row: JournalRow): void;
  /** Replaces a line: only a migration does. */
  put(row: JournalRow): void;
  /** In order. */
  of(run: string): JournalRow[];
  last(run: string): number;
  /** Which lines there are from `from` to `to`, in order. */
  paths(run: string, from: number, to: number): Pick<JournalRow, 'seq' | 'kind' | 'path'>[];
  /** Lets lines go: those of rounds that are over. */
  drop(run: string, seqs: readonly number[]): void;
  /** How many lines a run has, and how many bytes of data. */
  size(run: string): { readonly lines: number; readonly bytes: number };
  removeAll(run: string): void;
}

export interface TimerTable {
  /** Replaces one with the same key. */
  put(row: TimerRow): void;
  get(key: string): TimerRow | undefined;
  remove(key: string): void;
  /** Removes all timers of a run (all parts) or of an instance. */
  removeAll(target: string, part?: string): void;
  /** Removes the timers of an instance that have this name. */
  removeNamed(target: string, part: string, name: string): void;
  /** The timers of an instance, or all of a run, in the order in which they will ring. */
  of(target: string, part?: string): TimerRow[];
  /** How many these are, counted no further than `limit`: that costs the same however many there are. */
  upTo(limit: number, target: string, part: string): number;
  /** Events that wait until their instance can take them. */
  parked(limit: number): TimerRow[];
  due(now: number, limit: number): TimerRow[];
  next(): number | undefined;
  count(): number;
}

export interface WaitTable {
  insert(row: WaitRow): void;
  remove(run: string, path: string): void;
  removeAll(run: string): void;
  get(run: string, path: string): WaitRow | undefined;
  /** Oldest first. */
  matching(event: string, key: string): WaitRow[];
  of(run: string): WaitRow[];
}

export interface EventTable {
  /** Gives the sequence number. */
  append(row: Omit<EventRow, 'seq' | 'result'>): number;
  get(id: string): EventRow | undefined;
  after(seq: number, limit: number): EventRow[];
  last(): number;
  result(seq: number, result: string): void;
  index(event: string, key: string, seq: number): void;
  /** The oldest event under `key` that is newer than `since`, not expired and not consumed by `run`. */
  oldest(event: string, key: string, since: number, now: number, run: string): EventRow | undefined;
  consume(run: string, seq: number): void;
  consumed(run: string, seq: number): boolean;
  /** Takes back that a run has consumed an event. */
  release(run: string, seq: number): void;
  /** The numbers of the events that a run has consumed, in order. */
  consumedBy(run: string): number[];
  list(filter: Page & { readonly name?: string }): EventRow[];
  /** Those after `seq` that were handed out and have expired, in order; never the newest one of all. */
  over(seq: number, now: number, limit: number): Pick<EventRow, 'seq' | 'id' | 'at'>[];
  count(): number;
  remove(seq: number): void;
  /** Forgets what a run has consumed. */
  forget(run: string): void;
  /** Drops what is kept about events that are older than all that are there. */
  tidy(): void;
  /** All events of a name, in order, for indexing. */
  named(name: string): EventRow[];
  /** The same, those after `seq`. */
  namedAfter(name: string, seq: number, limit: number): EventRow[];
  /** Gives an event another name and payload. */
  change(seq: number, name: string, payload: string | null): void;
  /** Drops the index of all events of a name. */
  unindex(name: string): void;
}

export interface InstanceFilter extends Page {
  readonly machine?: string;
  readonly id?: string;
  readonly status?: InstanceRow['status'];
  /** One of the active leaf states. */
  readonly state?: string;
}

/** Which rows of a history: newest first, those older than `before` only. */
export interface HistoryPage extends Page {
  readonly before?: number;
}

export interface InstanceTable {
  get(machine: string, id: string): InstanceRow | undefined;
  put(row: InstanceRow): void;
  list(filter: InstanceFilter): InstanceRow[];
  /** The instances of a machine in the order of their ids, those after `id`. */
  after(machine: string, id: string, limit: number): InstanceRow[];
  /** Removes an instance with its history. */
  remove(machine: string, id: string): void;
  append(row: HistoryRow): void;
  /** Newest first. */
  history(machine: string, id: string, page: HistoryPage): HistoryRow[];
  entry(machine: string, id: string, seq: number): HistoryRow | undefined;
  /** The oldest history row that is kept: its number and time. */
  oldest(machine: string, id: string): Pick<HistoryRow, 'seq' | 'at'> | undefined;
  /** The newest history row, and how many are kept. */
  newest(machine: string, id: string): NewestRow | undefined;
  /** Drops the history rows up to `seq`. */
  trim(machine: string, id: string, seq: number): void;
  /** Drops the history rows up to `seq` that are older than `at`. */
  expire(machine: string, id: string, seq: number, at: number): void;
  /** The history rows of a machine, instance by instance and in order; of one instance when `id` is given. */
  walk(machine: string, id?: string): Iterable<WalkRow>;
  /** Where the active instances of a machine stand whose hash is another than this. */
  standing(machine: string, hash: string): StandingRow[];
  child(machine: string, id: string, ref: string): InstanceRow | undefined;
  /** The instances that work for an instance now. */
  children(machine: string, id: string): InstanceRow[];
  /** The machines that have instances. */
  machines(): string[];
  /** Gives an instance to another machine: its row, its history, and what names it as its parent. */
  rename(machine: string, id: string, to: string): void;
  /** Is there an active instance whose data is of this version? */
  hasAlive(version: string): boolean;
}

/** What was migrated. */
export interface MigrationTable {
  get(id: string): MigrationRow | undefined;
  insert(row: MigrationRow): void;
  /** Newest first. */
  list(): MigrationRow[];
}

export interface InboxTable {
  insert(row: Omit<InboxRow, 'id' | 'answer'>): number;
  get(id: number): InboxRow | undefined;
  pending(): InboxRow[];
  answer(id: number, answer: string): void;
  /** Removes what was answered and is older than this; gives how many. */
  expire(before: number): number;
}

export interface IdempotencyTable {
  get(scope: IdempotencyRow['scope'], key: string): IdempotencyRow | undefined;
  put(row: IdempotencyRow): void;
  /** Forgets the keys that stand for this result. */
  forget(scope: IdempotencyRow['scope'], result: string): void;
  /** Removes the keys that are older than this; gives how many. */
  expire(scope: IdempotencyRow['scope'], before: number): number;
}

/** What was done under a key: see `LedgerRow`. */
export interface LedgerTable {
  get(scope: LedgerRow['scope'], key: string): LedgerRow | undefined;
  /** Replaces one with the same key. */
  put(row: LedgerRow): void;
  /** Counts that the result was given again. */
  replayed(scope: LedgerRow['scope'], key: string): void;
  remove(scope: LedgerRow['scope'], key: string): void;
  /**
   * Of the step at `path` and those in it, also in its rounds and items, what tools gave counts no more, good or bad. `''` is
   * the whole run.
   */
  drop(run: string, path: string): void;
  /** What the steps of a run have used, in order. */
  of(run: string): LedgerRow[];
  removeAll(run: string): void;
  /** Removes what has expired; gives how many. */
  expire(now: number): number;
  /** How often tools were used, by task. */
  uses(task?: string): LedgerUse[];
}

/** Large texts by their hash. */
export interface BlobTable {
  get(hash: string): string | undefined;
  put(hash: string, text: string): void;
  /** Removes what no row of the ledger names; gives how many. */
  sweep(): number;
}

/** How far steps have come within themselves. */
export interface ProgressTable {
  get(run: string, path: string): ProgressRow | undefined;
  put(row: ProgressRow): void;
  /** Removes that of the step at `path`. */
  remove(run: string, path: string): void;
  removeAll(run: string): void;
}

/** Work that several processes share. Who may do what with it is decided in `work.ts`, once for every store. */
export interface WorkTable {
  get(id: string): WorkRow | undefined;
  insert(row: WorkRow): void;
  /** Changes a row that is there. A final one cannot be changed. */
  put(row: WorkRow): void;
  remove(id: string): void;
  /** What can be taken: the highest priority first, then the oldest. `suspect`: lost so often that it is done alone. */
  ready(wanted: {
    readonly tasks: readonly string[] | undefined;
    readonly limit: number;
    readonly suspect: boolean;
  }): WorkRow[];
  /** What is held by leases that have run out. */
  expired(now: number): WorkRow[];
  heldBy(worker: string): WorkRow[];
  /** Everybody who holds something. */
  holders(): string[];
  /** What is final, in the order in which it became so. */
  over(): WorkRow[];
  /** What was lost at least once. */
  lost(): WorkRow[];
  /** What every row is about. */
  places(): Pick<WorkRow, 'id' | 'run' | 'path'>[];
  count(): Partial<Record<WorkStatus, number>>;
  /** Rises by one, also over rows that are gone. */
  nextToken(): number;
}

/** All tables. Inside `transaction` they write; outside they are for reading. */
export interface Tables {
  readonly meta: MetaTable;
  readonly owner: OwnerTable;
  readonly runs: RunTable;
  readonly journal: JournalTable;
  readonly timers: TimerTable;
  readonly waits: WaitTable;
  readonly events: EventTable;
  readonly instances: InstanceTable;
  readonly inbox: InboxTable;
  readonly idempotency: IdempotencyTable;
  readonly migrations: MigrationTable;
  readonly ledger: LedgerTable;
  readonly blobs: BlobTable;
  readonly progress: ProgressTable;
  readonly work: WorkTable;
  readonly budgets: BudgetTable;
  readonly usage: UsageTable;
  readonly answers: AnswerTable;
  readonly notes: NoteTable;
}

/** Tables within one transaction. */
export interface Tx extends Tables {
  /** Runs `work`; when it throws, only what `work` wrote is taken back, and the error goes on. */
  savepoint<T>(work: () => T): T;
}

/**
 * Where everything durable lives. Synchronous: a transaction is one function, and what it wrote is on the disk when
 * `transaction` returns. Every implementation passes the one contract suite.
 */
export interface Store {
  readonly tables: Tables;
  /** Runs `work` in one transaction that holds the write lock. When it throws, nothing was written. */
  transaction<T>(work: (tx: Tx) => T): T;
  /** The same for work that waits in between. Until it has ended nothing else may be asked of this store. */
  longTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Reads several things as they stood at one moment, while others may write. Not inside `transaction`. */
  reading<T>(work: (tables: Tables) => T): T;
  /** The bytes that are in use, and those that are free for new rows. Zeros for one that has no file. */
  space(): { readonly used: number; readonly free: number };
  /** Makes the file as small as it can be. Takes as long as writing all of it, and twice the place meanwhile. */
  vacuum(): void;
  /** Changes when another process has written. */
  version(): number;
  close(): void;
}
