import { hash } from 'node:crypto';
import { MillraceError } from '../../core/index.ts';
import type { AnyTask, ModelSpec } from '../../flow/index.ts';
import type { Conversation, ConversationData, ConverseOptions, Models } from '../../llm/index.ts';
import { NotImplementedError, TaskError, type AttemptIds } from '../errors.ts';
import type { TaskContext, TaskFunction, TaskImplementation } from '../implement.ts';
import { encodeJson } from '../json.ts';
import type { Toolbox } from './toolbox.ts';
import { toolsOf, useTool } from './tools.ts';

/** The most tokens of an answer when neither the task nor its agent says so. */
const usualTokens = 4096;

type Spec = ModelSpec<{ readonly input: unknown }>;

/**
 * The implementation of a task that a model performs: a conversation with the tools of the task, until there is an
 * output of its shape. Each answer and each call of a tool is kept in the ledger of the step before the next one is
 * made, so an attempt that was broken off goes on where it was, and nothing is paid twice. An attempt after a
 * conversation that failed for good begins anew.
 *
 * @throws TaskError MR3142 for a contract without `model`. Attempts fail with MR3143 for a tool that is not there, with
 * MR3144 when the prompt cannot be made, and else as `Models.converse` does.
 * @example
 * ```ts
 * import { taskContract } from 'millrace/flow';
 * import type { Models } from 'millrace/llm';
 * import { modelTask } from 'millrace/tasks';
 * import { z } from 'zod';
 *
 * // In a project the contract comes from the generated `contracts.ts`.
 * const sumUp = taskContract('sumUp', {
 *   input: z.object({ text: z.string() }),
 *   output: z.object({ summary: z.string() }),
 *   policy: {},
 *   source: 'letters.dsl.ts:9:14',
 *   model: {
 *     agent: { name: 'clerk', role: 'fast', system: 'You sum up letters.' },
 *     prompt: ({ input }) => `Sum up: ${input.text}`,
 *     hash: '3f0c…',
 *   },
 * });
 * export const performed = (models: Models) => modelTask(sumUp, models);
 * ```
 */
export function modelTask<T extends AnyTask>(contract: T, models: Models, toolbox?: Toolbox): TaskImplementation<T> {
  const spec = contract.model as Spec | undefined;
  if (spec === undefined)
    throw new TaskError(`Task '${contract.contract}' has no \`model\`: no model performs it.`, {
      code: 'MR3142',
      retryable: false,
      ids: { task: contract.contract },
    });
  const run = (input: unknown, context: TaskContext): Promise<unknown> =>
    perform({ contract, spec, models, toolbox }, input, context);
  return Object.freeze({ kind: 'implementation', contract, run: run as unknown as TaskFunction<T> });
}

interface Performed {
  readonly contract: AnyTask;
  readonly spec: Spec;
  readonly models: Models;
  readonly toolbox: Toolbox | undefined;
}

async function perform(task: Performed, input: unknown, context: TaskContext): Promise<unknown> {
  const { contract, spec, models, toolbox } = task;
  const { runId, step, attempt, again, signal } = context;
  const asking: AttemptIds = { task: contract.contract, runId, step, attempt };
  const tools = toolsOf(contract, toolbox);
  const data = dataOf(spec, input, asking);
  const prompt = promptOf(spec, input, asking);
  const before = failedBefore(context.state);
  // What was kept for another prompt, or before the task was changed, is of another conversation.
  const key = { conversation: before, of: hash('sha256', JSON.stringify([spec.hash, prompt, data]), 'hex') };
  const conversation: Conversation = {
    ...settingsOf(spec),
    prompt,
    data,
    tools: [...tools.values()].map(({ tool }) => tool),
    output: contract.output,
  };
  const options: ConverseOptions = {
    task: contract.contract,
    run: runId,
    step,
    agent: spec.agent.name,
    signal,
    // Who would have to be waited for longer says so at once, and until when.
    withinMs: context.remainingMs(),
    // The answers that are kept for others have led nowhere, were taken back, or what came of them was refuted.
    ...(again || before > 0 || (attempt > 1 && contract.evidence !== undefined) ? { cache: 'refresh' } : {}),
    onEvent: () => context.heartbeat(),
    keep: async (place, make) => (await context.tool(spec.agent.name, { ...key, ...place }, make)).output,
    use: async (call, place) => {
      const tool = tools.get(call.name);
      if (tool === undefined || toolbox === undefined) throw new NotImplementedError({ task: call.name });
      return useTool(tool, call, place, key, { context, toolbox, asking });
    },
  };
  try {
    const { written, turns, context: report } = await models.converse(conversation, options);
    if (report.reduced.length + report.dropped.length > 0)
      context.logger.info('Not everything fits the context of the model.', { turns, ...report });
    return written;
  } catch (error) {
    // Asked again with the same answers it would fail again: the next attempt holds another conversation.
    if (isLost(error) && !signal.aborted) await context.checkpoint({ conversations: before + 1 });
    throw error;
  }
}

function settingsOf({ agent, context = {}, maxTokens, hash: spec }: Spec): Omit<Conversation, 'prompt' | 'output'> {
  const { model, role, system, temperature, options } = agent;
  const { memory, strategy, maxTurns, maxTokens: maxContextTokens } = context;
  return {
    maxOutputTokens: maxTokens ?? agent.maxTokens ?? usualTokens,
    ...(model === undefined ? {} : { model }),
    ...(role === undefined ? {} : { role }),
    ...(system === undefined ? {} : { system }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(options === undefined ? {} : { options }),
    ...(strategy === undefined ? {} : { strategy }),
    ...(maxTurns === undefined ? {} : { maxTurns }),
    ...(maxContextTokens === undefined ? {} : { maxContextTokens }),
    ...(memory === true ? { memory: { spec } } : {}),
  };
}

function promptOf({ prompt }: Spec, input: unknown, ids: AttemptIds): string {
  let text: unknown;
  try {
    text = prompt({ input });
  } catch (cause) {
    throw new TaskError(`The prompt of task '${ids.task}' cannot be made: its lambda threw.`, {
      code: 'MR3144',
      retryable: false,
      ids,
      cause,
    });
  }
  if (typeof text === 'string' && text.trim() !== '') return text;
  throw new TaskError(
    `The prompt of task '${ids.task}' cannot be made: its lambda gives ${typeof text === 'string' ? 'an empty text' : typeof text}.`,
    { code: 'MR3144', retryable: false, ids },
  );
}

function dataOf({ context }: Spec, input: unknown, ids: AttemptIds): readonly ConversationData[] {
  const members = (typeof input === 'object' && input !== null ? input : {}) as Readonly<Record<string, unknown>>;
  return (context?.show ?? []).flatMap(({ member, as, pinned }) => {
    const encoded = Object.hasOwn(members, member) ? encodeJson(members[member]) : undefined;
    // A member that may be left out.
    if (encoded === undefined || (encoded.ok && encoded.value === undefined)) return [];
    if (!encoded.ok)
      throw new TaskError(`'${member}' of the input of task '${ids.task}' cannot be shown: ${encoded.problems}.`, {
        code: 'MR3144',
        retryable: false,
        ids,
      });
    const value = JSON.parse(encoded.value as string) as unknown;
    return [{ id: member, value, ...(as === undefined ? {} : { as }), ...(pinned === undefined ? {} : { pinned }) }];
  });
}

/** How many conversations of this step have failed for good. */
function failedBefore(state: unknown): number {
  const count = typeof state === 'object' && state !== null ? Reflect.get(state, 'conversations') : undefined;
  return typeof count === 'number' && Number.isSafeInteger(count) && count > 0 ? count : 0;
}

const isLost = (error: unknown): boolean =>
  error instanceof MillraceError && error.details['kind'] === 'invalidOutput' && error.retryable;
