import type { Diagnostic, SystemModel, TaskNode } from '../model/index.ts';
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
  /** The step that it is in when it is tried: its name in the contract. */
  readonly step?: string;
  /** Other modules of the same shape, and what they share, by file name: variants of the code. */
  readonly files?: Readonly<Record<string, string>>;
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

/** The task that code is written for, and where that code is going to stand. Paths are absolute. */
export interface Subject {
  readonly system: SystemModel;
  readonly task: TaskNode;
  /** The folder of the user's project. */
  readonly root: string;
  /** The file of the implementation: it need not be there yet. */
  readonly file: string;
  /** The file of its tests. */
  readonly testFile: string;
  /** The generated `contracts.ts`. */
  readonly contracts: string;
  /** The exported name of the task's contract in it. */
  readonly contract: string;
  /** What code in `file` may import: specifiers as it would write them. */
  readonly imports: readonly string[];
}

/** How long a gate may take, and who may call it off. */
export interface GateOptions {
  readonly signal?: AbortSignal;
}

/** What a test file is printed from. */
export interface TestFilePlan {
  readonly cases: readonly TaskCase[];
  /** Of a scaffold: its tests are `todo`, never green. */
  readonly todo?: boolean;
}

/**
 * What judges code without believing it: the gates that need no model and no type checker. A gate reports every problem
 * that it finds, and throws only for what is not the code's fault (no Node, no room in the temporary folder). The one that
 * is used is made by `createVerifier()`.
 */
export interface Verifier {
  /** Part of every key: the same code may fare otherwise with another version. */
  readonly version: string;
  /** Gate `policy`: parses, and looks for what no task may do. */
  policy(code: string, subject: Subject): GateReport;
  /**
   * Gates `cases`, `properties` and `stability`, in this order, up to the first that does not hold. `details.results`
   * of `cases` are the `CaseResult`s.
   */
  run(
    code: string,
    cases: readonly TaskCase[],
    subject: Subject,
    options?: GateOptions,
  ): Promise<readonly GateReport[]>;
  /**
   * Gates `stub` and `mutation`: do the cases tell this code from none, and from code that is a little wrong?
   * `details` of `mutation`: `{ killed, total, score, survivors: [{ line, was, became }] }`.
   */
  strength(
    code: string,
    cases: readonly TaskCase[],
    subject: Subject,
    options?: GateOptions,
  ): Promise<readonly GateReport[]>;
  /** The text of the vitest file. Declared cases stand apart from generated ones. */
  testFile(subject: Subject, plan: TestFilePlan): string;
}
