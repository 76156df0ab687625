import type { AnyTask } from '../../../flow/index.ts';
import type { StepPolicy } from '../../../tasks/index.ts';
import type { CallOptions } from '../call.ts';
import type { Part } from '../part.ts';

/** A step that is done by a task, while it is at work. */
export interface TaskStep {
  readonly part: Part;
  readonly id: string;
  readonly path: string;
  readonly contract: AnyTask;
  /** The JSON text of the input; none for no input. */
  readonly input: string | undefined;
  /** What its records have to say that was asked for. */
  readonly asked: string;
  readonly options: CallOptions;
  readonly policy: StepPolicy;
}
