import type { z } from 'zod';
import type { Message, ModelAnswer, ToolCall, Usage } from '../contract.ts';
import { ModelError } from '../errors.ts';
import { addMoney, type Money } from '../money/money.ts';
import { inObject } from '../output/in-object.ts';
import { complaint, readOutput } from '../output/read.ts';
import { noTokens, sumUsage } from '../usage/sum.ts';
import { askingFor, type Conversing } from './asking.ts';
import type { Conversation, Conversed, ConverseOptions, ToolResult, TurnPlace } from './conversation.ts';
import { openingOf, remember, type Opening } from './opening.ts';
import { roomOf, type Room } from './room.ts';
import { shortened, wireTools } from './tools.ts';

/** How often a model may be asked when a conversation does not say. */
const usualTurns = 10;

/**
 * Holds a conversation until it comes to a value: the prompt with its data, answers, tools that the answers call, and
 * one repair when the value does not fit. Before each answer the conversation is made to fit the window; what is sent is
 * what was made to fit. With `keep`, one that was broken off goes on where it was.
 *
 * @throws ModelError as who answers does; `invalidOutput` MR4013 when the answer does not fit after its repairs, MR4060
 * when there is none after `maxTurns`; `budget` when an answer has overrun one. MillraceError MR4061 for tools that
 * cannot be used, MR4090 and MR4091 when what has to be told does not fit.
 * @example
 * ```ts
 * import { converse, type Models } from 'millrace/llm';
 * import { z } from 'zod';
 *
 * export async function weatherIn(models: Models, city: string): Promise<string> {
 *   const { value } = await converse(models, {
 *     role: 'fast',
 *     prompt: `What should one wear in ${city} today?`,
 *     output: z.object({ advice: z.string() }),
 *     tools: [{ name: 'forecast', description: 'The weather of today.', input: z.object({ city: z.string() }) }],
 *     maxOutputTokens: 500,
 *   }, { use: async (call) => ({ text: `${JSON.stringify(call.input)}: rain` }) });
 *   return value.advice;
 * }
 * ```
 */
export async function converse<Type extends z.ZodType>(
  by: Conversing,
  conversation: Conversation<Type>,
  options: ConverseOptions = {},
): Promise<Conversed<z.output<Type>>> {
  const about = { provider: 'models', model: conversation.model ?? conversation.role ?? 'balanced' };
  const { type, unwrap, boxed } = inObject(conversation.output, about);
  const wire = wireTools(conversation, options, about);
  const room = roomOf(by, conversation, { tools: wire.tools, output: type });
  const keep = options.keep ?? (<T>(_place: TurnPlace, make: () => Promise<T>): Promise<T> => make());
  const begin = (): Promise<Opening> => openingOf(by, conversation, options, room);
  // Notes may be others when it goes on: then it goes on with those that it began with.
  const opening = conversation.memory === undefined ? await begin() : await keep({ turn: 1, part: 'context' }, begin);

  const sum = sums();
  const asking = askingFor(by, conversation, options, { opening, type, wire, room, keep, add: sum.add });
  const { repairs = 1, maxTurns = usualTurns } = conversation;
  let messages = opening.messages;
  let repaired = 0;
  for (let turn = 1; turn <= maxTurns; turn += 1) {
    const said = await asking.answer(messages, turn);
    const { answer } = said;
    ({ messages } = said);
    if (answer.toolCalls.length > 0) {
      if (answer.finish === 'length') throw cutOff(answer, conversation, sum.usage());
      const results = await together(answer.toolCalls, (call, index) => wire.use(call, { turn, call: index + 1 }));
      const each = share(messages, room) / results.length;
      const told = results.map((result) => ({ ...result, text: shortened(result.text, each, room.estimate) }));
      messages = [...messages, assistant(answer), ...told.map((result, index) => toolMessage(answer, index, result))];
      continue;
    }
    const read = await readOutput(type, answer.text);
    if (read.ok) {
      const written = boxed ? (read.written as { readonly value: unknown }).value : read.written;
      await remember(by, conversation, options, written);
      const { usage, cost } = sum.all();
      return {
        value: unwrap(read.value),
        written,
        answer,
        turns: turn,
        usage,
        ...(cost === undefined ? {} : { cost }),
        context: opening.report,
      };
    }
    if (answer.finish === 'length') throw cutOff(answer, conversation, sum.usage());
    if (repaired >= repairs) throw misfit(answer, read.problems, turn, sum.usage());
    repaired += 1;
    messages = [...messages, assistant(answer), { role: 'user', text: complaint(read.problems) }];
  }
  throw new ModelError(
    `The model has been asked ${maxTurns} times (${about.model}) and has not come to an end: it kept calling tools. Say in the prompt when it is done, or raise 'maxTurns'.`,
    { kind: 'invalidOutput', code: 'MR4060', ...about, usage: sum.usage(), details: { turns: maxTurns } },
  );
}

/** The tokens that the results of one answer may have: half of what the task itself leaves. */
function share([task]: readonly Message[], { limit, fixed, estimate }: Room): number {
  return Math.max(0, limit - fixed - estimate(task?.text ?? '')) / 2;
}

/** Does all, and when one has failed throws only once none is under way any more. */
async function together<T, R>(items: readonly T[], run: (item: T, index: number) => Promise<R>): Promise<readonly R[]> {
  const ended = await Promise.allSettled(items.map(run));
  return ended.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}

const assistant = ({ text, toolCalls }: ModelAnswer): Message => ({
  role: 'assistant',
  text,
  ...(toolCalls.length === 0 ? {} : { toolCalls }),
});

function toolMessage({ toolCalls }: ModelAnswer, index: number, { text, failed }: ToolResult): Message {
  const call = toolCalls[index] as ToolCall;
  return { role: 'tool', callId: call.id, text, ...(failed === true ? { failed } : {}) };
}

function sums() {
  let usage: Usage = noTokens;
  let cost: Money | undefined;
  let unpriced = false;
  return {
    add: (kept: { readonly usage: Usage; readonly cost?: Money }): void => {
      usage = sumUsage(usage, kept.usage);
      if (kept.cost === undefined) unpriced = true;
      else cost = cost === undefined ? kept.cost : addMoney(cost, kept.cost);
    },
    usage: (): Usage => usage,
    all: (): { readonly usage: Usage; readonly cost: Money | undefined } => ({
      usage,
      cost: unpriced ? undefined : cost,
    }),
  };
}

function cutOff(answer: ModelAnswer, { maxOutputTokens }: Conversation, usage: Usage): ModelError {
  const { provider, model } = answer;
  return new ModelError(`${provider} (${model}): the answer was cut off after maxOutputTokens (${maxOutputTokens}).`, {
    kind: 'invalidOutput',
    provider,
    model,
    usage,
  });
}

function misfit(answer: ModelAnswer, problems: readonly string[], turns: number, usage: Usage): ModelError {
  const { provider, model } = answer;
  return new ModelError(`${provider} (${model}): the answer does not fit: ${problems[0] ?? ''}.`, {
    kind: 'invalidOutput',
    provider,
    model,
    usage,
    details: { turns, problems },
  });
}
