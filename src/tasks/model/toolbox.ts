import type { AnyTask } from '../../flow/index.ts';
import type { AttemptOutcome } from '../attempt.ts';
import type { AttemptIds } from '../errors.ts';

/** A task that a model wants to have done. */
export interface ToolRun {
  readonly contract: AnyTask;
  /** As the model wrote it: not yet checked. */
  readonly input: unknown;
  /** The same whenever this call is made again: give it to the outside world. */
  readonly idempotencyKey: string;
  /** Its place in the conversation, such as `tool 2.1`: the first tool that the second answer calls. */
  readonly place: string;
  /** The attempt that asks. */
  readonly asking: AttemptIds;
  /** Is it for a step that somebody wants to be done anew? Then what is kept for equal requests is no answer here, too. */
  readonly again?: boolean;
  readonly signal: AbortSignal;
}

/** Who does the tasks that a model calls: an engine, with its own retries, timeouts and limits. */
export interface Toolbox {
  /** The task of a name. */
  find(name: string): AnyTask | undefined;
  /** Does it, with all the attempts that its policy allows. Never rejects. */
  run(run: ToolRun): Promise<AttemptOutcome>;
}
