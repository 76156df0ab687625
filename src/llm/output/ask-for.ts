import type { z } from 'zod';
import { collect } from '../collect.ts';
import type { Message, ModelAnswer, ModelRequest, Provider, Usage } from '../contract.ts';
import { ModelError } from '../errors.ts';
import { sumUsage } from '../usage/sum.ts';
import { inObject } from './in-object.ts';
import { complaint, readOutput } from './read.ts';

/** A value of the shape that was asked for, and what it took. */
export interface AskedFor<T> {
  readonly value: T;
  /** The answer that has the value. */
  readonly answer: ModelAnswer;
  /** How often the model was asked: 2 when its first answer had to be mended. */
  readonly calls: number;
  /** What all the calls used together. */
  readonly usage: Usage;
}

/** Options of `askFor`. */
export interface AskForOptions {
  readonly signal?: AbortSignal;
  /** How often an answer that does not fit goes back with what is wrong with it; 1 when left out. */
  readonly repairs?: number;
}

/**
 * Asks for a value of a shape (`output`). What comes is always checked with the zod schema, whatever the provider
 * enforces; an answer that does not fit goes back once with what is wrong with it.
 *
 * @throws ModelError `invalidOutput` (MR4013) when the answer still does not fit: with `calls` and `problems` in its
 * details and what was used in `usage`; and as the provider does
 * @example
 * ```ts
 * import { askFor, scriptedProvider } from 'millrace/llm';
 * import { z } from 'zod';
 *
 * const provider = scriptedProvider(['Paris!', { json: { city: 'Paris' } }]);
 * const output = z.object({ city: z.string() });
 * const { value, calls } = await askFor(provider, {
 *   model: 'm', maxOutputTokens: 50, messages: [{ role: 'user', text: 'The capital of France?' }], output,
 * });
 * value.city; // 'Paris'
 * calls; // 2
 * ```
 */
export async function askFor<Type extends z.ZodType>(
  provider: Pick<Provider, 'name' | 'ask'>,
  request: Omit<ModelRequest, 'output'> & { readonly output: Type },
  options: AskForOptions = {},
): Promise<AskedFor<z.output<Type>>> {
  const { signal, repairs = 1 } = options;
  const about = { provider: provider.name, model: request.model };
  const { type, unwrap } = inObject(request.output, about);
  let messages: readonly Message[] = request.messages;
  let usage: Usage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 };
  for (let calls = 1; ; calls += 1) {
    const events = provider.ask({ ...request, output: type, messages }, signal === undefined ? {} : { signal });
    const answer = await collect(events).catch((thrown: unknown) => {
      throw calls === 1 ? thrown : withSpent(thrown, usage, calls);
    });
    usage = sumUsage(usage, answer.usage);
    const read = await readOutput(type, answer.text);
    if (read.ok) return { value: unwrap(read.value), answer, calls, usage };
    const cut = answer.finish === 'length';
    if (calls > repairs || cut || answer.finish === 'toolCalls') {
      const why = cut
        ? `was cut off after maxOutputTokens (${request.maxOutputTokens})`
        : answer.finish === 'toolCalls'
          ? 'asks for tools instead'
          : `does not fit: ${read.problems[0] ?? ''}`;
      throw new ModelError(`${answer.provider} (${answer.model}): the answer ${why}.`, {
        kind: 'invalidOutput',
        provider: answer.provider,
        model: answer.model,
        usage,
        details: { calls, problems: read.problems },
      });
    }
    messages = [
      ...messages,
      { role: 'assistant', text: answer.text },
      { role: 'user', text: complaint(read.problems) },
    ];
  }
}

// The calls before were paid, and whoever counts has to know.
function withSpent(thrown: unknown, before: Usage, calls: number): unknown {
  if (!(thrown instanceof ModelError)) return thrown;
  const { kind, code, provider, model, retryable, retryAfterMs, status } = thrown;
  return new ModelError(thrown.message, {
    kind,
    code,
    provider,
    model,
    retryable,
    mayHaveCost: true,
    usage: thrown.usage === undefined ? before : sumUsage(before, thrown.usage),
    cause: thrown,
    details: { ...thrown.details, calls },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(status === undefined ? {} : { status }),
  });
}
