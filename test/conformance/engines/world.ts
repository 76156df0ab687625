import type { TaskContext } from 'millrace/tasks';

/** What the tasks of the cases have beside their context. What they note outlives a crash. */
export interface CaseWorld {
  /** Notes that something was done: the step itself, or `what` in it. */
  note(context: Pick<TaskContext, 'runId' | 'step' | 'attempt'>, what?: string): void;
  /** How often that was noted: the path of a step, or what was done in it. */
  count(what: string): number;
  /** Notes what a model was told; gives how often one was asked before. */
  ask(told: string): number;
  /** So much time of the wall. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}
