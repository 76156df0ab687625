import { hash } from 'node:crypto';
import { canonicalJson, toErrorRecord, RecordedError, type ErrorRecord } from '../../core/index.ts';
import type { LedgerRow, Tables, Tx } from '../../store/index.ts';
import { encodeJson, TaskError } from '../../tasks/index.ts';

/** Longer results are stored once, by their hash. */
const large = 10_000;
const previewed = 200;

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

/** The columns of an outcome; a large one is written as a text of its own. */
export function kept(tx: Tx, text: string): Pick<LedgerRow, 'result' | 'blob'> {
  if (text.length <= large) return { result: text, blob: null };
  const blob = hash('sha256', text, 'hex');
  tx.blobs.put(blob, text);
  return { result: JSON.stringify({ preview: text.slice(0, previewed), length: text.length }), blob };
}

/** The outcome that a row has, whole. */
export function outcomeIn(
  tables: Pick<Tables, 'blobs'>,
  { result, blob }: Pick<LedgerRow, 'result' | 'blob'>,
): Outcome {
  const text = blob === null ? result : tables.blobs.get(blob);
  return JSON.parse(text ?? '{}') as Outcome;
}

/** The result, or throws the error. */
export function given<T>(outcome: Outcome, thrown?: unknown): T {
  if ('error' in outcome) throw thrown ?? new RecordedError(outcome.error);
  return outcome.output as T;
}
