import type { Places } from '../../../generate/index.ts';
import type { Catalogue, ModelRouter } from '../../../llm/index.ts';
import type { SystemModel } from '../../../model/index.ts';
import type { GenTaskOptions } from './run.ts';

/** A system and where its files lie. */
export interface Project {
  readonly system: SystemModel;
  readonly places: Places;
}

/** What one call of `dsl gen-task` has to do. */
export interface Job extends Project {
  /** The names of the tasks, each once. */
  readonly tasks: readonly string[];
  readonly options: GenTaskOptions;
  readonly catalogue: Catalogue;
  /** Whoever answers. Left out: nobody can be asked. */
  readonly models?: ModelRouter;
  /** Why nobody can be asked, and what to do, in one line. */
  readonly hint?: string;
}
