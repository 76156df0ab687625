import type { Clock, Scheduler } from '../core/index.ts';
import type { Store } from '../store/index.ts';
import type { EvidenceWorld, Logger, WorldPort } from '../tasks/index.ts';
import type { ProcessLimits } from './attempts/index.ts';
import type { Bus } from './bus.ts';
import type { HistoryLimits, Registry } from '../engine/index.ts';
import type { SharingOptions } from './workers/sharing.ts';

/** What an engine is made of. */
export interface EngineOptions {
  readonly store: Store;
  readonly epoch: number;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: () => number;
  readonly stopwatch: () => number;
  readonly limits: HistoryLimits;
  readonly world: EvidenceWorld;
  readonly outside: WorldPort;
  /** What holds attempts back, over all tasks. */
  readonly turns: ProcessLimits;
  readonly logger: Logger;
  readonly bus: Bus;
  /** How many waiting runs stay in memory; more are read again when they wake. */
  readonly resident: number;
  readonly maxDepth: number;
  readonly sharing: SharingOptions;
  readonly compactAfter: number;
  /** The engine has stopped because of this error. */
  readonly stopped: (error: unknown) => void;
  /** After each commit. */
  readonly committed: () => void;
}
