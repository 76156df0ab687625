import type { Diagnostic } from '../model/index.ts';
import type { Fakes } from '../tasks/index.ts';

/** A test of a task as data: the same for people, for the sandbox and for the test file. */
export interface TaskCase {
  readonly name: string;
  /** Who says so: the user in the `.dsl.ts`, or a model. */
  readonly origin: 'declared' | 'generated';
  readonly input: unknown;
  readonly fakes?: Fakes;
  readonly expect: Expectation;
}

/** What has to come of it. */
export type Expectation = (
  | { readonly output: unknown }
  /** The code or name of the error. */
  | { readonly error: string }
) & {
  /** The events that have to be published, in order. */
  readonly emits?: readonly { readonly event: string; readonly payload?: unknown }[];
  /** The content that files have to have afterwards. */
  readonly files?: Readonly<Record<string, string>>;
};

/** What a model answers with. */
export interface Candidate {
  /** The whole module: `tasks/<name>.ts`. */
  readonly code: string;
  readonly cases: readonly TaskCase[];
  readonly notes?: string;
}

/** A task module with all that it imports, as one file that needs nothing beside it. */
export interface Stage {
  /** ESM source: exports `run(input, context)`. */
  readonly bundle: string;
  /** The task, for messages. */
  readonly task: string;
}

/** What one run of a case came to, as the parent process judges it. */
export interface CaseResult {
  readonly name: string;
  readonly pass: boolean;
  /** Why not, for people and for repair: one line. */
  readonly why?: string;
  readonly got?: unknown;
  readonly took: number;
}

/** What a stage of the pipeline says: problems are data, never thrown. */
export interface GateReport {
  readonly gate: 'policy' | 'types' | 'cases' | 'properties' | 'stability' | 'stub' | 'mutation';
  readonly ok: boolean;
  readonly problems: readonly Diagnostic[];
  readonly details?: Readonly<Record<string, unknown>>;
  readonly took: number;
}
