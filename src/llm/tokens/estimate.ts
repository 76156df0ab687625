import { MillraceError } from '../../core/index.ts';
import type { ModelRequest } from '../contract.ts';
import { schemasOf } from '../request-parts.ts';

/** Counts the tokens of a text, as `gpt-tokenizer` or the like do. */
export type Tokenizer = (text: string) => number;

/** How tokens are estimated. */
export interface EstimateOptions {
  /** Characters of prose that make a token. 3.7 when left out, or 0 or less. */
  readonly charsPerToken?: number | undefined;
  /** Characters of JSON that make a token. 3.2 when left out, or 0 or less. */
  readonly charsPerJsonToken?: number | undefined;
  /** What the estimate is multiplied by, to be rather too high. 1.1 when left out. */
  readonly margin?: number | undefined;
  /** Counts instead of estimating; then there is no margin. */
  readonly tokenizer?: Tokenizer | undefined;
}

// What a message or a tool costs beside its text: its role and its marks.
const perMessage = 4;

const ratio = (given: number | undefined, usual: number): number => (given !== undefined && given > 0 ? given : usual);

/**
 * About how many tokens a text has: its characters by 3.7 (by 3.2 where it looks like JSON), times 1.1. Characters of
 * scripts that are split finely, from Chinese to emoji, count one each. At least 1, unless the text is empty.
 *
 * @throws MillraceError MR4077 when a tokenizer of the user's gives no number of tokens.
 * @example
 * ```ts
 * import { estimateTokens } from 'millrace/llm';
 *
 * estimateTokens('How many tokens has this?'); // 8
 * ```
 */
export function estimateTokens(text: string, options: EstimateOptions = {}): number {
  if (text === '') return 0;
  if (options.tokenizer !== undefined) return counted(options.tokenizer(text));
  return Math.max(1, Math.ceil(share(text, options) * ratio(options.margin, 1.1)));
}

function share(text: string, options: EstimateOptions): number {
  const fine = text.match(/[\u{2E80}-\u{10FFFF}]/gu) ?? [];
  const others = text.length - fine.reduce((sum, one) => sum + one.length, 0);
  const perToken = looksLikeJson(text) ? ratio(options.charsPerJsonToken, 3.2) : ratio(options.charsPerToken, 3.7);
  return fine.length + others / perToken;
}

function looksLikeJson(text: string): boolean {
  const trimmed = text.trim();
  return (trimmed.startsWith('{') && trimmed.endsWith('}')) || (trimmed.startsWith('[') && trimmed.endsWith(']'));
}

function counted(tokens: number): number {
  if (Number.isSafeInteger(tokens) && tokens >= 0) return tokens;
  throw new MillraceError(`The tokenizer gave ${String(tokens)} for a number of tokens.`, {
    code: 'MR4077',
    retryable: false,
    fault: 'user-code',
  });
}

/**
 * About how many tokens the input of a request has: instructions, conversation, tools and the shape of the answer.
 *
 * @throws MillraceError MR4077 when a tokenizer of the user's gives no number of tokens.
 */
export function estimateRequest(request: ModelRequest, options: EstimateOptions = {}): number {
  const { tools, output } = schemasOf(request) as { readonly tools?: readonly unknown[]; readonly output?: unknown };
  const texts = [request.system ?? ''];
  for (const message of request.messages) {
    texts.push(message.text);
    if (message.role === 'assistant') texts.push(...(message.toolCalls ?? []).map((call) => JSON.stringify(call)));
  }
  texts.push(...(tools ?? []).map((tool) => JSON.stringify(tool)));
  if (output !== undefined) texts.push(JSON.stringify(output));
  const text = texts.reduce((sum, text) => sum + estimateTokens(text, options), 0);
  return text + perMessage * (request.messages.length + (tools?.length ?? 0));
}
