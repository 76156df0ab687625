import type { Clock } from '../../core/index.ts';
import type { Diagnostic, SystemModel } from '../../model/index.ts';
import type { PlannedStep } from '../plan/planned-step.ts';

/** What {@link planSource} is told. */
export interface SourcePlanOptions {
  /** The `.dsl.ts` of the system, absolute or relative to `cwd`. */
  readonly entry: string;
  readonly cwd: string;
  /** The chain from the source's version to the target; empty when the source says the target already. */
  readonly steps: readonly PlannedStep[];
  readonly target: string;
  /** Gives the time in the history of the snapshot. */
  readonly clock: Clock;
}

/** What the source of a system has to say after its migration. Nothing has been written. */
export interface SourcePlan {
  /** The source files that change, by absolute path, with their new texts. */
  readonly texts: ReadonlyMap<string, string>;
  /** The snapshot of the target; absent when it is there already and agrees. */
  readonly snapshot?: { readonly path: string; readonly text: string };
  /** The system as the source says it now, and as it will. Absent when there is an error. */
  readonly before?: SystemModel;
  readonly after?: SystemModel;
  /** With an error among them nothing may be written. */
  readonly diagnostics: readonly Diagnostic[];
}
