import { canonicalJson, milliseconds, systemClock } from '../../../core/index.ts';
import type { SystemModel } from '../../../model/index.ts';
import {
  checkValue,
  idempotencyKey,
  runAttempt,
  type AttemptRequest,
  type TaskImplementation,
} from '../../../tasks/index.ts';
import { shorten } from '../../kit/table.ts';

type Task = SystemModel['tasks'][string];
type Example = NonNullable<Task['examples']>[number];

/** What an attempt gets beside its input. */
type Around = Pick<AttemptRequest, 'logger' | 'world'>;

/** What came of one example. */
export interface Tried {
  /** Its description, or its number. */
  readonly name: string;
  readonly ok: boolean;
  /** What is not as the example says. */
  readonly problem?: string;
  readonly durationMs: number;
}

/** Gives a task the input of one of its examples, once, and compares what comes of it. The implementation runs for real. */
export async function tryExample(
  task: Task,
  example: Example,
  index: number,
  implementation: TaskImplementation | undefined,
  around: Around,
): Promise<Tried> {
  const name = example.description === undefined ? String(index + 1) : `'${example.description}'`;
  const started = performance.now();
  const problem = await compare(task, example, `examples/${index + 1}`, implementation, around);
  const durationMs = Math.round(performance.now() - started);
  return { name, ok: problem === undefined, ...(problem !== undefined && { problem }), durationMs };
}

async function compare(
  task: Task,
  example: Example,
  step: string,
  implementation: TaskImplementation | undefined,
  around: Around,
): Promise<string | undefined> {
  if (implementation === undefined) return 'it has no implementation.';
  const { contract } = implementation;
  const outcome = await runAttempt({
    contract,
    implementation,
    input: example.input,
    attempt: 1,
    runId: 'example',
    step,
    idempotencyKey: idempotencyKey('example', `${task.name}/${step}`),
    ...(task.timeout !== undefined && { timeoutMs: milliseconds(task.timeout) }),
    clock: systemClock(),
    ...around,
  });
  if (!outcome.ok) {
    const { code, name, message } = outcome.error;
    if (example.error === undefined) return `it fails with ${code}: ${message}`;
    return [code, name].includes(example.error)
      ? undefined
      : `it should fail with ${example.error}, and fails with ${code} (${name}): ${message}`;
  }
  if (example.error !== undefined) return `it should fail with ${example.error}, and gives ${text(outcome.value)}.`;
  if (!Object.hasOwn(example, 'output')) return undefined;
  const expected = checkValue(contract.output, example.output);
  if (!expected.ok) return `the output of the example is none of this task: ${expected.problems}`;
  if (canonicalJson(expected.value) === canonicalJson(outcome.value)) return undefined;
  return `it should give ${text(expected.value)}, and gives ${text(outcome.value)}.`;
}

function text(value: unknown): string {
  return value === undefined ? 'nothing' : shorten(canonicalJson(value), 200);
}
