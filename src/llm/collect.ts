import type { ModelAnswer, ModelEvent } from './contract.ts';
import { ModelError } from './errors.ts';

/**
 * Reads events to their end and gives the whole answer.
 *
 * @throws ModelError as the provider does, and `truncated` when there is no end.
 * @example
 * ```ts
 * import { collect, scriptedProvider } from 'millrace/llm';
 *
 * const provider = scriptedProvider(['Paris.']);
 * const events = provider.ask({ model: 'm', maxOutputTokens: 20, messages: [{ role: 'user', text: 'The capital of France?' }] });
 * (await collect(events)).text; // 'Paris.'
 * ```
 */
export async function collect(events: AsyncIterable<ModelEvent>): Promise<ModelAnswer> {
  for await (const event of events) if (event.type === 'end') return event.answer;
  throw new ModelError('The events of the answer ended without its end.', {
    kind: 'truncated',
    provider: 'unknown',
    model: 'unknown',
  });
}
