import { MillraceError } from '../../core/index.ts';
import type { Message } from '../contract.ts';
import { estimateTokens } from '../tokens/estimate.ts';
import { unended } from './item.ts';

/**
 * How a conversation is made to fit. `none`: not at all. `keepLast`: at most so many of the last messages, whether they
 * would fit or not. `truncate`: the oldest go until it fits. `summarise`: the same, and a summary stands for them.
 */
export type Compaction =
  | { readonly kind: 'none' }
  | { readonly kind: 'keepLast'; readonly count: number }
  | { readonly kind: 'truncate' }
  | { readonly kind: 'summarise'; readonly summarise: (dropped: readonly Message[]) => string | Promise<string> };

/** How a conversation is compacted. */
export interface CompactionOptions {
  readonly strategy: Compaction;
  /** The most tokens that the messages may have. */
  readonly limitTokens: number;
  /** Which messages have to stay. The first of the user when left out: it is the task. */
  readonly pinned?: (message: Message, index: number) => boolean;
  /** Counts tokens; `estimateTokens` when left out. */
  readonly estimate?: (text: string) => number;
}

/** A conversation that fits: `messages` is what has to be sent. */
export interface Compacted {
  readonly messages: readonly Message[];
  readonly report: {
    readonly limitTokens: number;
    readonly tokensBefore: number;
    readonly tokens: number;
    /** Places in the conversation as it was. */
    readonly kept: readonly number[];
    readonly dropped: readonly number[];
    /** Whether a summary stands for what was dropped. */
    readonly summarised: boolean;
  };
}

/** Messages that stay or go together: an answer that calls tools and their results. */
interface Turn {
  readonly messages: readonly Message[];
  readonly first: number;
  readonly pinned: boolean;
  readonly tokens: number;
}

/**
 * Makes a conversation fit a limit of tokens. What it is given is not changed; calls of tools stay together with their
 * results, and what is left begins with the user, as providers demand.
 *
 * @throws MillraceError MR4090 when what has to stay does not fit, MR4091 when the conversation does not fit all the same.
 * @example
 * ```ts
 * import { compactMessages } from 'millrace/llm';
 *
 * const { messages, report } = await compactMessages([{ role: 'user', text: 'Hello' }], {
 *   strategy: { kind: 'truncate' },
 *   limitTokens: 100,
 * });
 * report.dropped; // []
 * ```
 */
export async function compactMessages(messages: readonly Message[], options: CompactionOptions): Promise<Compacted> {
  const { strategy, limitTokens, estimate = estimateTokens } = options;
  const turns = turnsOf(messages, options, estimate);
  const size = (some: readonly Turn[]): number => some.reduce((sum, { tokens }) => sum + tokens, 0);
  const stay = size(turns.filter(({ pinned }) => pinned));
  if (stay > limitTokens) throw tooLarge('MR4090', 'What has to stay of the conversation', stay, limitTokens);

  const kept = startOfUser(chosen(turns, strategy, limitTokens));
  const gone = turns.filter((turn) => !kept.includes(turn));
  const summary =
    strategy.kind === 'summarise' && gone.length > 0
      ? await strategy.summarise(gone.flatMap((turn) => turn.messages))
      : undefined;
  const told: Message | undefined =
    summary === undefined
      ? undefined
      : {
          role: 'user',
          text: `<summary of="earlier messages">\n${unended(summary, 'summary')}\n</summary>`,
        };
  const tokens = size(kept) + (told === undefined ? 0 : tokensOf(told, estimate));
  if (tokens > limitTokens) throw tooLarge('MR4091', 'The conversation', tokens, limitTokens);

  // The summary comes where the first of those was that it stands for.
  const before = kept.filter(({ first }) => first < (gone[0]?.first ?? 0)).flatMap((turn) => turn.messages);
  const after = kept.flatMap((turn) => turn.messages).slice(before.length);
  return {
    messages: [...before, ...(told === undefined ? [] : [told]), ...after],
    report: {
      limitTokens,
      tokensBefore: size(turns),
      tokens,
      kept: kept.flatMap(places),
      dropped: gone.flatMap(places),
      summarised: told !== undefined,
    },
  };
}

const places = ({ first, messages }: Turn): readonly number[] => messages.map((_, index) => first + index);

function chosen(turns: readonly Turn[], strategy: Compaction, limit: number): readonly Turn[] {
  const free = turns.filter(({ pinned }) => !pinned);
  const without = (count: number): readonly Turn[] => {
    const gone = new Set(free.slice(0, count));
    return turns.filter((turn) => !gone.has(turn));
  };
  let count = 0;
  switch (strategy.kind) {
    case 'none':
      break;
    case 'keepLast':
      while (count < free.length && messageCount(free.slice(count)) > strategy.count) count++;
      break;
    case 'truncate':
    case 'summarise': {
      const fits = (room: number): boolean => without(count).reduce((sum, { tokens }) => sum + tokens, 0) <= room;
      // Without a need nothing goes; with one, a summary needs room, too.
      if (fits(limit)) break;
      const room = strategy.kind === 'summarise' ? limit * 0.9 : limit;
      while (count < free.length && !fits(room)) count++;
      break;
    }
  }
  return without(count);
}

const messageCount = (turns: readonly Turn[]): number => turns.reduce((sum, { messages }) => sum + messages.length, 0);

function startOfUser(turns: readonly Turn[]): readonly Turn[] {
  const start = turns.findIndex(({ pinned, messages }) => pinned || messages[0]?.role === 'user');
  return start <= 0 ? turns : turns.slice(start);
}

function turnsOf(
  messages: readonly Message[],
  options: CompactionOptions,
  estimate: (text: string) => number,
): readonly Turn[] {
  const task = messages.findIndex(({ role }) => role === 'user');
  const pinned = options.pinned ?? ((_message: Message, index: number) => index === task);
  const groups: { first: number; messages: Message[] }[] = [];
  for (const [index, message] of messages.entries()) {
    const last = groups.at(-1);
    if (message.role === 'tool' && last !== undefined && last.messages[0]?.role === 'assistant')
      last.messages.push(message);
    else groups.push({ first: index, messages: [message] });
  }
  return groups.map(({ first, messages }) => ({
    first,
    messages,
    pinned: messages.some((message, index) => pinned(message, first + index)),
    tokens: messages.reduce((sum, message) => sum + tokensOf(message, estimate), 0),
  }));
}

function tokensOf(message: Message, estimate: (text: string) => number): number {
  const calls = message.role === 'assistant' ? (message.toolCalls ?? []) : [];
  return estimate(message.text) + calls.reduce((sum, call) => sum + estimate(JSON.stringify(call)), 0) + 4;
}

function tooLarge(code: 'MR4090' | 'MR4091', what: string, tokens: number, limitTokens: number): MillraceError {
  return new MillraceError(
    `${what} has about ${tokens} tokens, and there is room for ${limitTokens}. Shorten it, choose a strategy that drops more, or take a model with a larger window.`,
    { code, retryable: false, fault: 'input', details: { tokens, limitTokens } },
  );
}
