import { contextLimit } from '../context/build.ts';
import type { Tool } from '../contract.ts';
import { schemasOf } from '../request-parts.ts';
import { estimateTokens } from '../tokens/estimate.ts';
import type { Conversation } from './conversation.ts';
import type { Conversing } from './asking.ts';
import type { z } from 'zod';

/** How much can be told. */
export interface Room {
  /** The most tokens of everything that is sent. */
  readonly limit: number;
  /** What is sent each time beside the conversation: instructions, tools, the shape of the answer. */
  readonly fixed: number;
  readonly estimate: (text: string) => number;
}

/** The room that a conversation has in the window of its model. */
export function roomOf(
  by: Conversing,
  conversation: Conversation,
  wire: { readonly tools: readonly Tool[]; readonly output: z.ZodType },
): Room {
  const { model, role, maxOutputTokens, maxContextTokens, system = '' } = conversation;
  const estimate = by.estimate ?? ((text: string): number => estimateTokens(text));
  const asked = { ...(model === undefined ? {} : { model }), ...(role === undefined ? {} : { role }) };
  const window = by.window?.(asked);
  const inWindow =
    window === undefined ? Number.MAX_SAFE_INTEGER : contextLimit({ contextTokens: window, maxOutputTokens });
  const schemas = schemasOf({ model: '', messages: [], maxOutputTokens, ...wire });
  return {
    limit: Math.min(inWindow, maxContextTokens ?? Number.MAX_SAFE_INTEGER),
    fixed: estimate(system) + estimate(JSON.stringify(schemas)),
    estimate,
  };
}
