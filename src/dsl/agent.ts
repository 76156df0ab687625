import type { Metadata } from '../model/index.ts';
import type { Common } from './common.ts';
import type { Ref } from './ref.ts';

type TaskRef = Ref<'task'>;

/** A model with a role and its settings. */
export interface Agent<Name extends string = string> extends AgentOptions {
  readonly kind: 'agent';
  readonly name: Name;
}

/** Which model, and how. Give a `role` (the best that can be had of it; `balanced` when left out) or a `model`. */
export interface AgentOptions extends Common {
  readonly role?: 'flagship' | 'balanced' | 'fast';
  readonly model?: string;
  /** What it is told before everything else. */
  readonly system?: string;
  /** The tasks that it may call, or their names, whatever it performs. */
  readonly tools?: readonly (TaskRef | string)[];
  /** The most tokens of one answer. Default 4096. */
  readonly maxTokens?: number;
  /** How freely it answers: 0 for the likeliest words. Default: that of the provider. */
  readonly temperature?: number;
  /** Options of the provider. */
  readonly options?: Metadata;
}

/**
 * Names a model once, for the tasks that use it.
 *
 * @example
 * ```ts
 * import { agent } from 'millrace';
 *
 * export const clerk = agent('clerk', { role: 'fast', system: 'You sort letters.', maxTokens: 500 });
 * ```
 */
export function agent<const Name extends string>(name: Name, definition: AgentOptions): Agent<Name> {
  return Object.freeze({ kind: 'agent', name, ...definition });
}
