import type { MillraceError } from '../core/index.ts';
import type { Catalogue, Models, ModelRole, Money, Usage } from '../llm/index.ts';
import type { ContextReport } from '../llm/index.ts';
import type { Diagnostic, SystemModel } from '../model/index.ts';
import type { TaskCase, Verifier } from './contract.ts';

/** Where the parts of a project lie. Paths are absolute. */
export interface Places {
  /** The folder of the project: the one with its `package.json`. */
  readonly root: string;
  /** The entry file of the system. */
  readonly sourcePath: string;
  /** The folder with the implementations of tasks. */
  readonly tasksDir: string;
  /** The folder that `dsl compile` writes this system's files to. */
  readonly outDir: string;
  /** The `tsconfig.json` that code is checked with. Left out: the nearest one above the tasks. */
  readonly tsconfig?: string;
}

/** Who is asked. */
export interface ModelChoice {
  /** A model of the catalogue. Goes before `role`. */
  readonly model?: string;
  /** Default: `balanced`. */
  readonly role?: ModelRole;
}

/** What may be spent on one task. */
export interface GenerationLimits {
  /** The most that all calls together may cost, such as `'0.50 USD'`. */
  readonly maxCost?: string;
  /** How long it may take from end to end, in ms. Default: 10 minutes. */
  readonly withinMs?: number;
  /** The most tokens of one answer. Default: 8,000. */
  readonly maxOutputTokens?: number;
  /** The most tokens of the prompt. Default: what the model takes, and 24,000 where that is not known. */
  readonly contextTokens?: number;
}

/** How code is written. */
export interface CodeStyle {
  /** Only `typescript`, which is the default. */
  readonly language?: 'typescript';
  /** Comments that say why. Default: true. With `false` those of an answer are taken out. */
  readonly includeComments?: boolean;
  /** Is a test file written? Default: true. The code is tried with its cases all the same. */
  readonly includeTests?: boolean;
  /** Is the model told to turn failures of the outside into the errors that the task declares? Default: true. */
  readonly includeErrorHandling?: boolean;
}

/** What a generation needs to know. */
export interface GenerateOptions extends CodeStyle {
  readonly system: SystemModel;
  /** The name of the task. */
  readonly task: string;
  readonly places: Places;
  /** Who answers. Without it there is a scaffold. */
  readonly models?: Models;
  readonly choice?: ModelChoice;
  /** Who is asked for a fresh answer when the first one could not be mended. Default: the role above, or `flagship`. */
  readonly next?: ModelChoice;
  readonly limits?: GenerationLimits;
  /** Modules that code may import besides zod, `millrace/tasks` and the contracts: as it would write them. */
  readonly imports?: readonly string[];
  /** What models can do and cost, for the size of the prompt and for estimates. Default: the one that is shipped. */
  readonly catalogue?: Catalogue;
  /** Default: the sandbox. */
  readonly verifier?: Verifier;
  /** Answers that were verified before: taken (`use`, the default), or asked for anew. */
  readonly cache?: 'use' | 'bypass';
  readonly signal?: AbortSignal;
  /** Hears what is being done. */
  readonly onProgress?: (progress: Progress) => void;
  /** The time, in ms since 1970. */
  readonly now?: () => number;
}

/** What is being done with a task. */
export interface Progress {
  readonly task: string;
  readonly stage: StageName;
  /** Counts from 1: the first answer, its repairs, a fresh answer. */
  readonly attempt: number;
  /** The answer did not hold at this stage: the first reason, in one line. */
  readonly failed?: string;
}

/** The stages of the pipeline, in order. */
export type StageName =
  | 'project'
  | 'cache'
  | 'prompt'
  | 'answer'
  | 'policy'
  | 'types'
  | 'cases'
  | 'properties'
  | 'stability'
  | 'stub'
  | 'mutation'
  | 'write';

/** What came of one stage of one attempt. */
export interface StageReport {
  readonly stage: StageName;
  readonly ok: boolean;
  /** How long it took, in ms. */
  readonly took: number;
  readonly problems: readonly Diagnostic[];
  readonly details?: Readonly<Record<string, unknown>>;
}

/** One answer and what became of it. */
export interface AttemptReport {
  /** Counts from 1. */
  readonly attempt: number;
  /** The first answer of a model, the same mended, only more cases for the same code, or what was verified before. */
  readonly kind: 'sample' | 'repair' | 'more-cases' | 'cached';
  readonly model?: { readonly provider: string; readonly model: string };
  readonly usage?: Usage;
  readonly cost?: Money;
  readonly stages: readonly StageReport[];
  /** Where it ended, if it was not taken. */
  readonly failedAt?: StageName;
}

/** How a generation went. JSON. */
export interface GenerationReport {
  readonly task: string;
  /** The key of the cache. */
  readonly key: string;
  readonly prompt: { readonly version: string; readonly hash: string; readonly tokens: number };
  readonly context: ContextReport;
  readonly attempts: readonly AttemptReport[];
  readonly stages: readonly StageReport[];
  /** What was paid, in all. Left out: a price is not known. */
  readonly cost?: Money;
  readonly usage: Usage;
  /** How often models were asked. */
  readonly calls: number;
  readonly took: number;
}

/** Code that passed every gate, or why there is none. Nothing is written. */
export interface GeneratedTask {
  readonly success: boolean;
  /** `generated`: a model wrote it. `cached`: verified before, and again now. `scaffold`: nobody to ask. */
  readonly origin: 'generated' | 'cached' | 'scaffold';
  /** The module; of a failure: empty. */
  readonly code: string;
  /** The test file; empty for a failure, and with `includeTests: false`. */
  readonly tests: string;
  readonly cases: readonly TaskCase[];
  readonly notes?: string;
  readonly error?: MillraceError;
  readonly usage: Usage;
  /** How many answers were judged. */
  readonly attempts: number;
  readonly report: GenerationReport;
}

/** What was done with a file. Paths are absolute. */
export interface FileOutcome {
  readonly path: string;
  /** `proposed`: the file stays as it is, and ours stands beside it, at `path` + `.new`. */
  readonly action: 'written' | 'unchanged' | 'proposed';
  /** Of what was written: there was a file of ours before. */
  readonly replaced?: true;
  /** Of a proposal: somebody changed the file, or its code is only proposed and these are the tests of that code. */
  readonly why?: 'changed' | 'code';
  /** Of a proposal: from what is there to what was generated. */
  readonly diff?: string;
}

/** A generation and what was done on the disk. */
export interface WrittenTask extends GeneratedTask {
  readonly files: readonly FileOutcome[];
}

/** What would be asked, without asking. */
export interface PlannedTask {
  readonly task: string;
  /** Is the answer there already? Then nobody is asked. */
  readonly cached: boolean;
  readonly system: string;
  readonly prompt: string;
  readonly tokens: number;
  readonly context: ContextReport;
  /** For each model that may be asked first: the most that one call may cost. `cost` is left out where the price is not known. */
  readonly models: readonly { readonly model: string; readonly cost?: Money }[];
}

/** How an implementation stands to its contract. */
export interface TaskState {
  readonly task: string;
  /** The file of the implementation, absolute. */
  readonly file: string;
  /**
   * `missing`: no file. `stub`: begun, but throws NotImplementedError. `current`: fits its contract. `stale`: generated
   * or accepted for another contract, though it fits the types. `mismatch`: does not fit the types of its contract.
   */
  readonly state: 'missing' | 'stub' | 'current' | 'stale' | 'mismatch';
  /** Who wrote it, as far as that is known. */
  readonly origin: 'generated' | 'scaffold' | 'hand';
  /** Of what was generated: taken as it is, changed, or thrown away. */
  readonly feedback?: 'accepted' | 'edited' | 'rejected';
  readonly problems: readonly Diagnostic[];
}
