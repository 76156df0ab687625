import type { MigrationStep, StepParts } from '../step/step.ts';

/** A module in `migrations/` that declares a step. */
export interface StepFile {
  /** Absolute. */
  readonly path: string;
  /** Relative to the working directory, for people. */
  readonly file: string;
  readonly step: MigrationStep;
}

/** One step of a chain, in the direction in which it is taken. */
export interface PlannedStep {
  readonly from: string;
  readonly to: string;
  readonly description?: string;
  /** The module that declares it, relative to the working directory. */
  readonly file: string;
  /** Is it the way back of a step? */
  readonly down: boolean;
  readonly parts: StepParts;
}
