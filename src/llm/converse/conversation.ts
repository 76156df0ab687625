import type { z } from 'zod';
import type { ContextReport } from '../context/build.ts';
import type { ContextItem } from '../context/item.ts';
import type { RoutePolicy } from '../context/route.ts';
import type { ModelAnswer, Tool, ToolCall, Usage } from '../contract.ts';
import type { AskOptions, RoutedRequest } from '../models.ts';
import type { Money } from '../money/money.ts';

/** What a conversation is about and how it may go. */
export interface Conversation<Type extends z.ZodType = z.ZodType> extends Omit<
  RoutedRequest,
  'messages' | 'tools' | 'output'
> {
  readonly prompt: string;
  /** The shape of what has to come of it. */
  readonly output: Type;
  /** Values that are told as data before the prompt, in this order, as much of each as is said. JSON. */
  readonly data?: readonly ConversationData[];
  /** More data, after `data`. What ranks lowest is reduced until all fits. */
  readonly items?: readonly ContextItem[];
  readonly tools?: readonly Tool[];
  /** What is done when it grows too long. Default `truncate`: the oldest turns go. */
  readonly strategy?: 'none' | 'truncate' | 'summarise' | { readonly keepLast: number };
  /** The most tokens of what is sent, where the window is larger. */
  readonly maxContextTokens?: number;
  /** How often the model may be asked, tools and repairs included. Default 10. */
  readonly maxTurns?: number;
  /** How often an answer that does not fit `output` goes back. Default 1. */
  readonly repairs?: number;
  /** Tells what came of it earlier in the same run, and notes what comes of it now. `spec`: hash of the declaration. */
  readonly memory?: { readonly spec: string };
}

/** A value that a conversation is about. */
export interface ConversationData {
  readonly id: string;
  readonly value: unknown;
  /** Default `full`. */
  readonly as?: RoutePolicy;
  /** It has to be there in full. */
  readonly pinned?: boolean;
}

/** What a tool gave: told to the model as it is. `failed`: it is the model's to mend. */
export interface ToolResult {
  readonly text: string;
  readonly failed?: boolean;
}

/** Where in a conversation something is done: the same when the conversation is held again. */
export interface TurnPlace {
  /** The answer, counted from 1. */
  readonly turn: number;
  /** Which of the tools that the answer calls, counted from 1. */
  readonly call?: number;
  /** What else is asked for on the way. */
  readonly part?: 'context' | 'summary';
}

/** Who does what a conversation needs. `withinMs` is the time of all of it, tools included; without it each answer has its own. */
export interface ConverseOptions extends AskOptions {
  /** Runs a tool. What it throws ends the conversation. */
  readonly use?: (call: ToolCall, place: TurnPlace) => Promise<ToolResult>;
  /**
   * Gives what is known of a place already, or makes it and keeps it (JSON) before it gives it. Default: nothing is
   * known. With it a conversation that was broken off goes on where it was, without paying twice.
   */
  readonly keep?: <T>(place: TurnPlace, make: () => Promise<T>) => Promise<T>;
}

/** What came of a conversation. */
export interface Conversed<T> {
  readonly value: T;
  /** The same before defaults and transforms of the schema: as the model wrote it. JSON. */
  readonly written: unknown;
  /** The answer that has the value. */
  readonly answer: ModelAnswer;
  /** How many answers there were. */
  readonly turns: number;
  /** Of all answers together. */
  readonly usage: Usage;
  /** Of all answers together; left out when a price is not known. */
  readonly cost?: Money;
  /** What became of the data that was told. */
  readonly context: ContextReport;
}
