import type Anthropic from '@anthropic-ai/sdk';
import type { ModelEvent, ModelRequest, Provider } from '../../contract.ts';
import { answering, once } from '../../stream/answer.ts';
import type { Watch } from '../../stream/watch.ts';
import { placeOf, type ProviderSettings } from '../common/settings.ts';
import { messagesBody } from './body.ts';
import { messageReader } from './reader.ts';

const sdk = () => Promise.all([import('@anthropic-ai/sdk'), import('@anthropic-ai/sdk/lib/transform-json-schema')]);

/** Settings of the provider `anthropic`. */
export interface AnthropicSettings extends ProviderSettings {
  /** Marks the parts of a request that stay the same, so that they are paid less for the next time; true when left out. */
  readonly promptCaching?: boolean;
}

/**
 * Anthropic's models, by the Messages API. Its SDK is loaded with the first request. Retries are left to whoever asks.
 *
 * @example
 * ```ts
 * import { anthropicProvider, collect } from 'millrace/llm';
 *
 * const provider = anthropicProvider({ apiKey: process.env['ANTHROPIC_API_KEY'] });
 * if (provider.readiness.ready) {
 *   const events = provider.ask({ model: 'claude-sonnet-4-5', maxOutputTokens: 100, messages: [{ role: 'user', text: 'Hi!' }] });
 *   console.log((await collect(events)).text);
 * }
 * ```
 */
export function anthropicProvider(settings: AnthropicSettings): Provider {
  const own = { name: 'anthropic', baseURL: 'https://api.anthropic.com', variable: 'ANTHROPIC_API_KEY', sdk };
  const place = placeOf(settings, own, ['promptCaching']);
  const { name } = place;
  const promptCaching = settings.promptCaching ?? true;

  const open = async (watch: Watch): Promise<Anthropic> => {
    const [{ default: Client }] = await sdk();
    return new Client({
      apiKey: place.apiKey,
      authToken: null,
      baseURL: place.baseURL,
      maxRetries: 0,
      // The watch looks at the time; this one does not cover an answer that stalls.
      timeout: 2_147_483_647,
      fetch: watch.fetch(place.fetch),
      logLevel: 'off',
    });
  };
  const bodyOf = async (request: ModelRequest): Promise<Anthropic.MessageCreateParamsStreaming> => {
    const [, { transformJSONSchema: transform }] = await sdk();
    return messagesBody(request, { provider: name, promptCaching, transform });
  };

  async function* ask(
    request: ModelRequest,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<ModelEvent> {
    const start = async (watch: Watch) => {
      const body = await bodyOf(request);
      const client = await open(watch);
      return await client.messages.create(body, { signal: watch.signal });
    };
    yield* answering(place.call(request.model, signal), start, messageReader(name, request));
  }

  return {
    name,
    readiness: place.readiness,
    ask,
    countTokens: (request, { signal } = {}) =>
      once(place.call(request.model, signal), async (watch) => {
        const { model, messages, system, tools, output_config } = await bodyOf(request);
        const client = await open(watch);
        const counted = await client.messages.countTokens(
          {
            model,
            messages,
            ...(system === undefined ? {} : { system }),
            ...(tools === undefined ? {} : { tools }),
            ...(output_config === undefined ? {} : { output_config }),
          },
          { signal: watch.signal },
        );
        return counted.input_tokens;
      }),
    check: async ({ signal } = {}) => {
      await once(place.call('', signal), async (watch) => {
        const client = await open(watch);
        await client.models.list({ limit: 1 }, { signal: watch.signal });
      });
    },
  };
}
