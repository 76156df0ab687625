import { MillraceError } from '../../core/index.ts';
import type { TaskContext } from '../../tasks/index.ts';

/** One call of a scripted task. */
export interface ScriptedCall {
  readonly input: unknown;
  readonly runId: string;
  readonly step: string;
  readonly attempt: number;
  readonly idempotencyKey: string;
}

/** What a scripted task does next: gives a value, throws an Error, or asks a function, which may do either. */
export type ScriptedAnswer =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly unknown[]
  | Readonly<Record<string, unknown>>
  | Error
  | ((input: unknown, context: TaskContext) => unknown);

/** The code of a task, and what it was asked. */
export interface ScriptedTask {
  (input: never, context: TaskContext): Promise<unknown>;
  readonly calls: readonly ScriptedCall[];
  /** How many answers are left. */
  readonly left: number;
}

/**
 * A task that answers from a list, in order: it stands for a service or a model in a test.
 *
 * @param answers Values are given, Errors are thrown, functions are called with the input and the context.
 * @param options.last What comes when the list is over: `'repeat'` gives the last answer again; by default the task
 * fails for good (MR3550), so that a call that nobody expected is seen.
 * @example
 * ```ts
 * import type { ReactiveSystemRuntime } from 'millrace/runtime';
 * import { scriptedTask } from 'millrace/testing';
 *
 * declare const runtime: ReactiveSystemRuntime;
 * const chargeCard = scriptedTask([new Error('The bank is closed.'), { paymentId: 'p-1' }]);
 * runtime.registerTaskImplementation('chargeCard', chargeCard); // fails once, then works
 * console.log(chargeCard.calls.length);
 * ```
 */
export function scriptedTask(
  answers: readonly ScriptedAnswer[],
  options: { readonly last?: 'fail' | 'repeat' } = {},
): ScriptedTask {
  const calls: ScriptedCall[] = [];
  let next = 0;
  const run = async (input: unknown, context: TaskContext): Promise<unknown> => {
    const { runId, step, attempt, idempotencyKey } = context;
    calls.push(Object.freeze({ input, runId, step, attempt, idempotencyKey }));
    if (next >= answers.length && (options.last !== 'repeat' || answers.length === 0)) {
      throw new MillraceError(
        `The script has ${answers.length} answers, and this is call ${calls.length}: '${step}' of run '${runId}', attempt ${attempt}.`,
        { code: 'MR3550', retryable: false, fault: 'user-code', details: { run: runId, step, attempt } },
      );
    }
    const answer = answers[Math.min(next++, answers.length - 1)];
    if (answer instanceof Error) throw answer;
    return typeof answer === 'function'
      ? (answer as (input: unknown, context: TaskContext) => unknown)(input, context)
      : answer;
  };
  return Object.defineProperties(run, {
    calls: { value: calls },
    left: { get: () => Math.max(0, answers.length - next) },
  }) as unknown as ScriptedTask;
}
