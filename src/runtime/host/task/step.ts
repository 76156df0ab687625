import type { AnyTask } from '../../../flow/index.ts';
import type { StepPolicy } from '../../../tasks/index.ts';
import type { CallOptions } from '../call.ts';
import type { Part } from '../part.ts';
import type { StepServices } from './services.ts';

/** A step that is done by a task, while it is at work. */
export interface TaskStep {
  readonly part: Part;
  readonly id: string;
  readonly path: string;
  readonly contract: AnyTask;
  /** The JSON text of the input. */
  readonly asked: string | null;
  readonly options: CallOptions;
  readonly policy: StepPolicy;
  /** The same for all attempts. */
  readonly key: string;
  /** When it began. */
  readonly since: number;
  readonly services: StepServices;
}
