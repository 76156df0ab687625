import type {
  AcceptedTask,
  AcceptOptions,
  GenerateOptions,
  PlannedTask,
  TaskState,
  WrittenTask,
} from '../../../generate/index.ts';
import type { Project } from './job.ts';

/** What generates: the pipeline. */
export interface Generator {
  readonly acceptTask: (options: AcceptOptions) => Promise<AcceptedTask>;
  readonly planTask: (options: GenerateOptions) => Promise<PlannedTask>;
  readonly writeTask: (options: GenerateOptions) => Promise<WrittenTask>;
  readonly taskStates: (project: Project) => Promise<readonly TaskState[]>;
}

/** Loaded when something is to be done: it brings a compiler along. */
export async function generator(): Promise<Generator> {
  return await import('../../../generate/index.ts');
}
