import { z } from 'zod';
import { MillraceError } from '../../core/index.ts';
import type { Tool, ToolCall } from '../contract.ts';
import { inObject } from '../output/in-object.ts';
import type { Conversation, ConverseOptions, ToolResult, TurnPlace } from './conversation.ts';

/** The tools of a conversation as providers take them: each takes an object. */
export interface WireTools {
  readonly tools: readonly Tool[];
  use(call: ToolCall, place: TurnPlace): Promise<ToolResult>;
}

const nothing = z.object({});

/** @throws MillraceError MR4061 for tools that nobody runs, or that cannot be told apart */
export function wireTools(
  { tools = [] }: Conversation,
  { use }: ConverseOptions,
  about: { provider: string; model: string },
): WireTools {
  const [first] = tools;
  if (first !== undefined && use === undefined)
    throw unusable(`The conversation has the tool '${first.name}' and nobody who runs it: pass \`use\`.`);
  const inputs = new Map<string, (input: unknown) => unknown>();
  const wire = tools.map((tool): Tool => {
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(tool.name))
      throw unusable(`A tool cannot be called '${tool.name}': providers take 1 to 64 letters, digits, '_' and '-'.`);
    if (inputs.has(tool.name)) throw unusable(`The conversation has two tools '${tool.name}'.`);
    // A task that takes nothing.
    if (tool.input instanceof z.ZodVoid || tool.input instanceof z.ZodUndefined) {
      inputs.set(tool.name, () => undefined);
      return { ...tool, input: nothing };
    }
    const { type, boxed } = inObject(tool.input, about);
    inputs.set(tool.name, (input) => (boxed && isBox(input) ? input.value : input));
    return { ...tool, input: type };
  });
  return {
    tools: wire,
    async use(call, place) {
      const inputOf = inputs.get(call.name);
      if (inputOf === undefined || use === undefined)
        return {
          failed: true,
          text: `There is no tool '${call.name}'. ${inputs.size === 0 ? 'There are none' : `There are: ${[...inputs.keys()].join(', ')}`}.`,
        };
      return use({ ...call, input: inputOf(call.input) }, place);
    },
  };
}

/** What a tool gave, in at most so many tokens: what is too long would push all else out of the conversation. */
export function shortened(text: string, tokens: number, estimate: (text: string) => number): string {
  const size = estimate(text);
  if (size <= tokens) return text;
  const kept = Math.max(0, Math.floor(text.length * (tokens / size) * 0.9));
  // Half of a character makes the whole request one that providers refuse.
  return `${text.slice(0, kept).toWellFormed()}\n… (${text.length - kept} more characters are left out: ask for less)`;
}

const isBox = (input: unknown): input is { readonly value: unknown } =>
  typeof input === 'object' && input !== null && Object.hasOwn(input, 'value');

const unusable = (message: string): MillraceError =>
  new MillraceError(message, { code: 'MR4061', retryable: false, fault: 'input' });
