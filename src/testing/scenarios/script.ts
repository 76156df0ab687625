import { MillraceError } from '../../core/index.ts';
import type { BoundSystem, TaskImplementation } from '../../tasks/index.ts';
import { differences } from './compare.ts';
import type { TaskAnswer, TaskAnswers, Failing } from './types.ts';

/** A call of a task. */
export interface TaskCall {
  readonly task: string;
  /** What it was given, parsed. */
  readonly input: unknown;
  /** Why it has no answer, where that is not for want of one in the scenario. */
  readonly why?: string;
}

/** Tasks that answer as a scenario says, and note what they were called with. */
export class Script {
  readonly calls: TaskCall[] = [];
  /** The tasks that were called and had no answer. */
  readonly unanswered: TaskCall[] = [];
  readonly #system: BoundSystem;
  readonly #answers: Readonly<Record<string, TaskAnswers | undefined>>;
  /** The answers that were given, by task and number. */
  readonly #used = new Set<string>();

  constructor(system: BoundSystem, answers: Readonly<Record<string, TaskAnswers | undefined>>) {
    this.#system = system;
    this.#answers = answers;
  }

  /** Code for every task of the system. */
  implementations(): Record<string, TaskImplementation> {
    return Object.fromEntries(
      Object.entries(this.#system.tasks).map(([name, contract]): [string, TaskImplementation] => [
        name,
        {
          kind: 'implementation',
          contract,
          run: ((input: never, context: never) => this.#run(name, input, context)) as TaskImplementation['run'],
        },
      ]),
    );
  }

  #run(task: string, input: never, context: { readonly attempt: number }): unknown {
    const call = { task, input };
    this.calls.push(call);
    const answers = Object.hasOwn(this.#answers, task) ? this.#answers[task] : undefined;
    if (answers === 'real') {
      const own = this.#system.implementations[task];
      if (own !== undefined) return own.run(input, context as never);
      if (this.#system.tasks[task]?.model !== undefined) {
        const why = `a model performs it, so there is no code that 'real' could run, and a scenario asks nobody. Say what the model gives: { gives: … }, or a function; its prompt and tools are tried by testRuntime with openModels and scriptedProvider (docs/testing.md).`;
        this.unanswered.push({ ...call, why });
        throw unanswered(`Task '${task}' cannot be 'real': ${why}`);
      }
    } else if (typeof answers === 'function') {
      return answers(input, context.attempt);
    } else if (answers !== undefined) {
      const answer = this.#next(
        task,
        Array.isArray(answers) ? (answers as readonly TaskAnswer[]) : [answers as TaskAnswer],
        input,
      );
      if (answer !== undefined) return 'fails' in answer ? fail(task, answer.fails) : answer.gives;
    }
    this.unanswered.push(call);
    throw unanswered(`Task '${task}' was called, and the scenario has no answer for it.`);
  }

  #next(task: string, answers: readonly TaskAnswer[], input: unknown): TaskAnswer | undefined {
    const fitting = [...answers.entries()].filter(
      ([, each]) => each.for === undefined || differences(each.for, input, '').length === 0,
    );
    const [index, answer] = fitting.find(([at]) => !this.#used.has(`${task} ${at}`)) ?? fitting.at(-1) ?? [];
    this.#used.add(`${task} ${index}`);
    return answer;
  }
}

const unanswered = (message: string): MillraceError =>
  new MillraceError(message, { code: 'MR3572', retryable: false, fault: 'user-code' });

function fail(task: string, failing: Failing): never {
  const {
    code,
    message = `Task '${task}' failed.`,
    retryable = false,
  } = typeof failing === 'string' ? { code: failing } : failing;
  throw Object.assign(new Error(message), { code, retryable });
}
