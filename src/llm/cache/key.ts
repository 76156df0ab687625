import { hash } from 'node:crypto';
import { canonicalJson, MillraceError, notJson } from '../../core/index.ts';
import type { ModelRequest } from '../contract.ts';
import { schemasOf } from '../request-parts.ts';

/** What an answer depends on beside the request. */
export interface CacheContext {
  readonly provider: string;
  /** What is done with the answer: requests of different operations never share one. */
  readonly operation?: string | undefined;
}

/**
 * The key of an answer: a hash of everything that it depends on. Requests differ if anything that reaches the model
 * does: provider, model, operation, instructions, conversation, tools with their schemas, shape of the output, most
 * tokens, temperature, options.
 *
 * @throws MillraceError MR4085 when a part of the request is no JSON: it could not be told from another one.
 */
export function cacheKey(request: ModelRequest, { provider, operation }: CacheContext): string {
  return keyOf(requestHash(request), { provider, operation, model: request.model });
}

/** The part of the key that is the same whoever answers: the long one. @throws MillraceError MR4085 */
export function requestHash(request: ModelRequest): string {
  const { tools: _tools, output: _output, model: _model, ...rest } = request;
  const wrong = notJson(rest);
  if (wrong !== undefined)
    throw new MillraceError(
      `A request that is to be cached has to be JSON: ${wrong}. Ask with \`bypass\`, or leave it out.`,
      { code: 'MR4085', retryable: false, fault: 'input' },
    );
  return sha256({ ...rest, ...schemasOf(request) });
}

/** The key of the answer that one model gives to a request of this hash. */
export function keyOf(request: string, who: CacheContext & { readonly model: string }): string {
  const { provider, operation = null, model } = who;
  return sha256({ format: 1, provider, operation, model, request });
}

const sha256 = (value: unknown): string => hash('sha256', canonicalJson(value), 'hex');
