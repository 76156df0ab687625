/** What was spent and is set aside in one scope of a budget, in millionths of its currency. */
export interface BudgetRow {
  /** Such as `run 01J…`, `day 2026-11-21`, `total`. */
  readonly account: string;
  readonly currency: string;
  readonly spent: number;
  readonly reserved: number;
}

/** Money that is set aside for a call of a model that is under way. */
export interface ReservationRow {
  readonly id: string;
  /** The accounts that it counts towards: JSON of names. */
  readonly accounts: string;
  readonly micros: number;
  readonly currency: string;
  readonly at: number;
  /** Who makes the call: the name of a process. */
  readonly holder: string;
}

/** One call of a model that has ended, and what it used. */
export interface UsageRow {
  /** Its own name among all calls. */
  readonly id: string;
  readonly at: number;
  readonly provider: string;
  readonly model: string;
  readonly task: string | null;
  readonly agent: string | null;
  readonly run: string | null;
  /** The path of the step. */
  readonly step: string | null;
  /** Tokens; what was read from or written to the provider's cache is part of `input`. */
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** The provider did not count them. */
  readonly estimated: boolean;
  /** What it cost, in millionths; null: the price is not known. */
  readonly micros: number | null;
  readonly currency: string | null;
}

/** What calls are added up by. */
export type UsageKey = 'task' | 'agent' | 'model' | 'provider' | 'run' | 'step' | 'day';

/** Calls of one name and one currency, added up. */
export interface UsageSum {
  /** Null: those that have none. A day is one of UTC: `2026-11-21`. */
  readonly name: string | null;
  readonly currency: string | null;
  readonly calls: number;
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly micros: number;
}

/** An answer of a model that is kept for the next equal request. */
export interface AnswerRow {
  readonly key: string;
  readonly provider: string;
  readonly model: string;
  readonly operation: string | null;
  /** JSON. */
  readonly answer: string;
  readonly stored: number;
  readonly expires: number;
}

/** Something that a task of a run has noted for later. */
export interface NoteRow {
  readonly run: string;
  readonly task: string;
  /** A hash of the declaration of the task. */
  readonly spec: string;
  /** Counts from 1. */
  readonly number: number;
  /** JSON. */
  readonly value: string;
}
