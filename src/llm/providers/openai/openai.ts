import type { ModelEvent, ModelRequest, Provider } from '../../contract.ts';
import { answering, once } from '../../stream/answer.ts';
import type { Watch } from '../../stream/watch.ts';
import { openaiClient, openaiSdk } from '../common/openai-client.ts';
import { placeOf, type ProviderSettings } from '../common/settings.ts';
import { responsesBody } from './body.ts';
import { responseReader } from './reader.ts';

/**
 * OpenAI's models, by the Responses API. Its SDK is loaded with the first request. Retries are left to whoever asks.
 *
 * @example
 * ```ts
 * import { collect, openaiProvider } from 'millrace/llm';
 *
 * const provider = openaiProvider({ apiKey: process.env['OPENAI_API_KEY'] });
 * if (provider.readiness.ready) {
 *   const events = provider.ask({ model: 'gpt-5-mini', maxOutputTokens: 100, messages: [{ role: 'user', text: 'Hi!' }] });
 *   console.log((await collect(events)).text);
 * }
 * ```
 */
export function openaiProvider(settings: ProviderSettings): Provider {
  const own = { name: 'openai', baseURL: 'https://api.openai.com/v1', variable: 'OPENAI_API_KEY', sdk: openaiSdk };
  const place = placeOf(settings, own);
  const { name } = place;

  async function* ask(
    request: ModelRequest,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<ModelEvent> {
    const start = async (watch: Watch) => {
      const body = responsesBody(request, name);
      const client = await openaiClient(place, watch);
      return await client.responses.create(body, { signal: watch.signal });
    };
    yield* answering(place.call(request.model, signal), start, responseReader(name, request));
  }

  return {
    name,
    readiness: place.readiness,
    ask,
    countTokens: (request, { signal } = {}) =>
      once(place.call(request.model, signal), async (watch) => {
        const { model, input, instructions, tools, text } = responsesBody(request, name);
        const client = await openaiClient(place, watch);
        const counted = await client.responses.inputTokens.count(
          {
            model: model ?? request.model,
            ...(input === undefined ? {} : { input }),
            ...(instructions === undefined ? {} : { instructions }),
            ...(tools === undefined ? {} : { tools }),
            ...(text === undefined ? {} : { text }),
          },
          { signal: watch.signal },
        );
        return counted.input_tokens;
      }),
    check: async ({ signal } = {}) => {
      await once(place.call('', signal), async (watch) => {
        const client = await openaiClient(place, watch);
        await client.models.list({ signal: watch.signal });
      });
    },
  };
}
