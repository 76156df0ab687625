import type { z } from 'zod';

/** One turn of a conversation. */
export type Message =
  | { readonly role: 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string; readonly toolCalls?: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly callId: string; readonly text: string; readonly failed?: boolean };

/** A tool that a model may call: its input as a zod schema. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly input: z.ZodType;
}

/** What a model asks to have called. `input` is as the model wrote it: not yet checked. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

/** What is asked of a model, whoever provides it. */
export interface ModelRequest {
  /** The provider's own name of the model. */
  readonly model: string;
  /** Instructions that come before the conversation: kept at the front, so that providers can cache them. */
  readonly system?: string;
  readonly messages: readonly Message[];
  readonly tools?: readonly Tool[];
  /** The answer has to be JSON of this shape. */
  readonly output?: z.ZodType;
  /** The most tokens of the answer. */
  readonly maxOutputTokens: number;
  /** 0 to 1; the provider's own default when left out. */
  readonly temperature?: number;
  /** Options of this provider, passed on as they are. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** Tokens of one call. `total` is input + output; what was read from or written to the provider's cache is part of input. */
export interface Usage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly total: number;
  /** The provider did not count: these are estimates from the length of the texts. */
  readonly estimated?: true;
}

/** Why an answer ended. */
export type Finish = 'stop' | 'length' | 'toolCalls';

/** A whole answer. */
export interface ModelAnswer {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly usage: Usage;
  readonly finish: Finish;
  /** Who answered: the name of the provider, and the model as it calls itself. */
  readonly provider: string;
  readonly model: string;
}

/** What comes while a model answers. The last one is `end`; without it the answer is not whole. */
export type ModelEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'toolCall'; readonly call: ToolCall }
  | { readonly type: 'end'; readonly answer: ModelAnswer };

/** What a provider says of itself without spending money. */
export type Readiness = { readonly ready: true } | { readonly ready: false; readonly reason: string };

/** Somebody who answers requests: an adapter of an SDK, a local server, a script. */
export interface Provider {
  readonly name: string;
  /** Whether it can be asked: is there a key, is the address good. Costs nothing and asks nobody. */
  readonly readiness: Readiness;
  /**
   * Asks. Every failure is a `ModelError`, thrown from the iteration: also a stream that ends without its end, and one
   * that is silent for too long. Aborting the signal ends the request.
   */
  ask(request: ModelRequest, options?: { readonly signal?: AbortSignal }): AsyncIterable<ModelEvent>;
  /** The tokens of a request as the provider counts them, where it can tell. */
  countTokens?(request: ModelRequest, options?: { readonly signal?: AbortSignal }): Promise<number>;
  /** Is it there and is the key good? Asks for as little as there is. @throws ModelError */
  check(options?: { readonly signal?: AbortSignal }): Promise<void>;
}
