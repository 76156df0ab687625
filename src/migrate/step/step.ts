import type { Project } from 'ts-morph';
import type { Edit, SystemModel } from '../../model/index.ts';
import type { Placeholder } from './placeholder.ts';

/** What a person has to fill in before the step may run. */
type Open<T> = T | Placeholder;

/** Where an instance comes from, for a function that changes its context. */
export interface InstanceFacts {
  readonly machine: string;
  readonly id: string;
  /** The active leaf states, as they were called before. */
  readonly states: readonly string[];
  readonly status: 'active' | 'done' | 'stopped';
}

/** Where the instances of a state go: `null`: they stay as they are, and are listed. */
export type StateTarget = string | readonly string[] | null;

/** How the instances of one machine come along. What is not mentioned keeps its name. */
export interface InstanceMap {
  /** The machine's new name. */
  readonly machine?: string;
  /**
   * From each old state to the new one; several in parallel regions. A function splits a state by what an instance
   * remembers, and gets the context as it was before the step.
   */
  readonly states?: Readonly<
    Record<string, Open<StateTarget | ((context: never, facts: InstanceFacts) => StateTarget)>>
  >;
  /** The new context. Must give JSON that fits the new schema. */
  readonly context?: Open<(context: never, facts: InstanceFacts) => unknown>;
}

/** Where a run comes from, for a function that changes its data. */
export interface RunFacts {
  readonly flow: string;
  readonly id: string;
}

/** How the runs in flight of one flow come along. What is not mentioned keeps its name. */
export interface RunMap {
  /** The flow's new name. */
  readonly flow?: string;
  /** From each old step path (`prepared/stock`) to the new one; what is below it comes along. */
  readonly steps?: Readonly<Record<string, Open<string>>>;
  readonly input?: Open<(input: never, facts: RunFacts) => unknown>;
  /** New recorded inputs of steps, by the old step path: what the new code asks for must be what is recorded. */
  readonly inputs?: Readonly<Record<string, Open<(input: never, facts: RunFacts) => unknown>>>;
  /** New recorded results, by the old step path; of a wait, the payload that it received. */
  readonly results?: Readonly<Record<string, Open<(result: never, facts: RunFacts) => unknown>>>;
}

/** What happens to events that nobody has taken yet. */
export interface EventMap {
  /** The event's new name. */
  readonly event?: string;
  readonly payload?: Open<(payload: never) => unknown>;
}

/** One direction of a step. */
export interface StepParts {
  /** The edits of the source, or a function from the old model to the new one. Left out: the source was edited by hand. */
  readonly source?: readonly Edit[] | ((system: SystemModel) => SystemModel | Promise<SystemModel>);
  /**
   * For what neither edits nor a model say: changes the files of the system themselves, after `source`. It gets the model
   * and a ts-morph project that holds exactly these files, in memory; other files it may not make, move or remove.
   */
  readonly codemod?: (project: Project, system: SystemModel) => void | Promise<void>;
  /** By the old name of the machine. */
  readonly instances?: Readonly<Record<string, InstanceMap>>;
  /** By the old name of the flow; `block` lists its runs in flight and leaves them blocked, `cancel` cancels them. */
  readonly runs?: Readonly<Record<string, Open<RunMap | 'block' | 'cancel'>>>;
  /** By the old name of the event. */
  readonly events?: Readonly<Record<string, EventMap>>;
  /** From the old name of a task to its new one, in what runs in flight have recorded. */
  readonly tasks?: Readonly<Record<string, string>>;
}

/** A step from one version to a later one: see {@link migration}. */
export interface MigrationStep extends StepParts {
  readonly kind: 'migration';
  readonly from: string;
  readonly to: string;
  readonly description?: string;
  /** The way back, where there is one. */
  readonly down?: StepParts;
}
