import type { Clock } from '../../core/index.ts';
import type { Diagnostic, HistoryEntry, SystemModel } from '../../model/index.ts';

/** Makes the new model of the old one. It gets a copy of its own. */
export type Transformer = (system: SystemModel) => SystemModel | Promise<SystemModel>;

/** Options of {@link migrateSystem}. */
export interface MigrateSystemOptions {
  /** Said in the history, where the steps say nothing. */
  readonly description?: string;
  /** What the system has gone through before: the new entries are added to it. */
  readonly history?: readonly HistoryEntry[];
  /** Is the result judged by the rules? Default: yes. */
  readonly validate?: boolean;
  /** May the target be an earlier version? */
  readonly allowDowngrade?: boolean;
  /** May the target be the version that it has already? */
  readonly allowSame?: boolean;
  /** Gives the time of the history. Default: the wall clock. */
  readonly clock?: Clock;
}

/** What came of migrating a model. */
export interface MigratedSystem {
  /** Frozen; absent when there is an error. */
  readonly system?: SystemModel;
  /** What was handed in, and an entry for each step that was taken. */
  readonly history: readonly HistoryEntry[];
  readonly diagnostics: readonly Diagnostic[];
}
