import type { AttemptRequest } from '../../tasks/index.ts';

/** Attempts that are under way although nobody in this process has asked for them: a former owner let them begin. */
export interface Inherited {
  /** How many there are of a task; of all tasks, without one. */
  count(task: string | undefined): number;
  /** Is this one of them? From now on it is counted as any other. */
  take(request: AttemptRequest): boolean;
}
