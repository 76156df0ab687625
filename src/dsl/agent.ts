import type { Common } from './common.ts';
import type { Metadata } from '../model/index.ts';

/** A model with a role and its settings. */
export interface Agent<Name extends string = string> extends AgentOptions {
  readonly kind: 'agent';
  readonly name: Name;
}

/** Which model, and how. Give a `role` (the catalogue picks the model) or a `model`. */
export interface AgentOptions extends Common {
  readonly role?: 'flagship' | 'balanced' | 'fast';
  readonly model?: string;
  /** The system prompt. */
  readonly system?: string;
  /** The names of the tasks that it may call. */
  readonly tools?: readonly string[];
  readonly maxTokens?: number;
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
