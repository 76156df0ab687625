import { hash } from 'node:crypto';
import { canonicalJson, toErrorRecord, RecordedError, type ErrorRecord } from '../../core/index.ts';
import { encodeJson, TaskError } from '../../tasks/index.ts';

/** What came of something: a result, or an error. */
export type Outcome = { readonly output?: unknown } | { readonly error: ErrorRecord };

/** What a request is known by: equal values, however their keys are ordered, have the same. */
export function requestHash(...parts: readonly unknown[]): string {
  return hash('sha256', canonicalJson(parts), 'hex');
}

/** Runs something; gives what came of it, as JSON holds it. What is no JSON has failed (MR3138). Never rejects. */
export async function outcomeOf(
  name: string,
  run: () => unknown,
): Promise<{ readonly text: string; readonly thrown?: unknown }> {
  let value: unknown;
  try {
    value = await run();
  } catch (thrown) {
    return failure(thrown);
  }
  const { text, unkept } = textOf(name, value);
  return unkept === undefined ? { text } : { text, thrown: unkept };
}

/** A result as text; for what is no JSON the text of the error `unkept`. */
export function textOf(name: string, value: unknown): { readonly text: string; readonly unkept?: TaskError } {
  const output = encodeJson(value);
  if (output.ok) return { text: output.value === undefined ? '{}' : `{"output":${output.value}}` };
  const unkept = new TaskError(`What '${name}' gave cannot be kept: ${output.problems}.`, {
    code: 'MR3138',
    retryable: false,
    ids: { task: name },
  });
  return { text: failure(unkept).text, unkept };
}

const failure = (thrown: unknown): { readonly text: string; readonly thrown: unknown } => ({
  text: JSON.stringify({ error: toErrorRecord(thrown) } satisfies Outcome),
  thrown,
});

/** The result, or throws the error. */
export function given<T>(outcome: Outcome, thrown?: unknown): T {
  if ('error' in outcome) throw thrown ?? new RecordedError(outcome.error);
  return outcome.output as T;
}

/** A program that ended with another code than 0 has failed, although its tool gave a result. */
export function isGoodResult(outcome: Outcome): boolean {
  if ('error' in outcome) return false;
  const { output } = outcome;
  if (typeof output !== 'object' || output === null || !('exitCode' in output)) return true;
  return output.exitCode === 0;
}
