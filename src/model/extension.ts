import type { CustomRule } from './custom-rule.ts';

/** What can carry the data of an extension. */
export type ExtensionTarget = 'system' | 'event' | 'task' | 'agent' | 'resource' | 'flow' | 'machine';

/** What is wrong with the data of an extension, and where in it. */
export interface ExtensionProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Data of the user's own in `metadata`, with a schema and rules: made with `defineExtension` of `millrace/rules`. */
export interface Extension {
  readonly kind: 'extension';
  /** The key in `metadata`, with a prefix of its own, such as `shop/pricing`. */
  readonly id: `${string}/${string}`;
  /** What may carry it. Absent: anything. */
  readonly on?: readonly ExtensionTarget[];
  readonly rules: readonly CustomRule[];
  /** All that is wrong with a value under the key. */
  problems(value: unknown): readonly ExtensionProblem[];
}
