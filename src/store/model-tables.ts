import type { AnswerRow, BudgetRow, NoteRow, ReservationRow, UsageKey, UsageRow, UsageSum } from './model-rows.ts';

/** What calls of models have cost, and what is set aside for those under way. */
export interface BudgetTable {
  account(name: string): BudgetRow | undefined;
  /** In the order of their names. */
  accounts(): BudgetRow[];
  /** Replaces one with the same name. */
  put(row: BudgetRow): void;
  remove(account: string): void;
  reservation(id: string): ReservationRow | undefined;
  /** The oldest first. */
  reservations(): ReservationRow[];
  /** Replaces one with the same id. */
  reserve(row: ReservationRow): void;
  release(id: string): void;
}

/** Which calls: those that agree with everything that is named. Times are in ms since 1970. */
export interface UsageFilter {
  readonly run?: string;
  readonly task?: string;
  /** From then on. */
  readonly since?: number;
  /** Before then. */
  readonly until?: number;
}

/** The calls of models that have ended. */
export interface UsageTable {
  /** False when there is one of this id: then nothing is added. */
  add(row: UsageRow): boolean;
  /** Those of a run, in order. */
  of(run: string): UsageRow[];
  /** Added up by names, in their order, those without one first. */
  sums(by: UsageKey | undefined, filter?: UsageFilter): UsageSum[];
  removeAll(run: string): void;
}

/** Answers that were paid before. */
export interface AnswerTable {
  get(key: string): AnswerRow | undefined;
  /** Replaces one with the same key. */
  put(row: AnswerRow): void;
  /** Removes those that agree with everything that is named; gives how many. */
  remove(match: {
    readonly key?: string | undefined;
    readonly provider?: string | undefined;
    readonly model?: string | undefined;
    readonly operation?: string | undefined;
  }): number;
  /** Removes what has expired; gives how many. */
  expire(now: number): number;
}

/** What tasks of runs have noted. */
export interface NoteTable {
  /** Gives its number. */
  add(row: Omit<NoteRow, 'number'>): number;
  /** In order. */
  of(run: string, task: string, spec: string): NoteRow[];
  removeAll(run: string): void;
}
