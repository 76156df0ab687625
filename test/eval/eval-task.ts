/** One task of the fixed set: what a model is told, and what it is not. */
export interface EvalTask {
  /** The exported name of its declaration. */
  readonly name: string;
  /** Its declaration, as it stands in the system of the evals. */
  readonly declaration: string;
  /** Tests that no model ever sees. */
  readonly hidden: readonly EvalCase[];
  /**
   * What the stand-in for a model answers, one after the other: the last one again and again. They are written by hand, some
   * of them wrong: they say how the pipeline fares, nothing of any model.
   */
  readonly answers: readonly EvalAnswer[];
}

export interface EvalCase {
  readonly name: string;
  readonly input: unknown;
  readonly fakes?: object;
  readonly expect: {
    readonly output?: unknown;
    readonly error?: string;
    readonly emits?: readonly object[];
    readonly files?: Readonly<Record<string, string>>;
  };
}

export interface EvalAnswer {
  /** What follows the imports; left out: only cases. */
  readonly code?: string;
  readonly cases: readonly EvalCase[];
}

/** A case with an output. */
export const gives = (name: string, input: unknown, output: unknown, more: Partial<EvalCase> = {}): EvalCase => ({
  name,
  input,
  expect: { output },
  ...more,
});

/** A case with an error. */
export const fails = (name: string, input: unknown, error: string, more: Partial<EvalCase> = {}): EvalCase => ({
  name,
  input,
  expect: { error },
  ...more,
});

/** A module: its imports, and what the task does. */
export const moduleOf = (
  task: string,
  run: string,
  more: { readonly top?: string; readonly imports?: string; readonly events?: string } = {},
): string =>
  `import { implement${more.imports === undefined ? '' : `, ${more.imports}`} } from 'millrace/tasks';
import { ${[task, ...(more.events === undefined ? [] : [more.events])].sort().join(', ')} } from '../generated/shop/contracts.ts';
${more.top === undefined ? '' : `\n${more.top}\n`}
export default implement(${task}, ${run});
`;
