import type { ModelEvent, ModelRequest, Provider } from '../../contract.ts';
import { answering, once } from '../../stream/answer.ts';
import type { Watch } from '../../stream/watch.ts';
import { openaiClient, openaiSdk } from '../common/openai-client.ts';
import { placeOf, type ProviderSettings } from '../common/settings.ts';
import { chatBody, type Structured } from './body.ts';
import { chatReader } from './reader.ts';

/** Servers that speak chat completions, and where they are. */
const presets = {
  gemini: {
    baseURL: 'https://generativelanguage.googleapis.com/v1beta/openai/',
    variable: 'GEMINI_API_KEY',
  },
  ollama: { baseURL: 'http://127.0.0.1:11434/v1' },
  vllm: { baseURL: 'http://127.0.0.1:8000/v1' },
  llamaCpp: { baseURL: 'http://127.0.0.1:8080/v1' },
} as const satisfies Readonly<Record<string, { readonly baseURL: string; readonly variable?: string }>>;

/** Settings of a provider that speaks chat completions: a preset, or an address. */
export type CompatibleSettings = ProviderSettings & {
  /** How it is told the shape of an answer: `schema` (`response_format`) or in `words`; `schema` when left out. */
  readonly structured?: Structured;
} & ({ readonly preset: keyof typeof presets } | { readonly preset?: never; readonly baseURL: string });

/**
 * A server that speaks chat completions as OpenAI has them: Gemini (its compatible endpoint), and servers of your own
 * such as Ollama, vLLM and llama.cpp, which need no key. How far they enforce a schema varies: what comes is always
 * checked (`askFor`).
 *
 * @example
 * ```ts
 * import { compatibleProvider } from 'millrace/llm';
 *
 * const gemini = compatibleProvider({ preset: 'gemini', apiKey: process.env['GEMINI_API_KEY'] });
 * const own = compatibleProvider({ preset: 'ollama', baseURL: 'http://10.0.0.7:11434/v1' });
 * console.log(gemini.readiness, own.readiness);
 * ```
 */
export function compatibleProvider(settings: CompatibleSettings): Provider {
  const preset = settings.preset === undefined ? undefined : presets[settings.preset];
  const own = { name: settings.preset ?? 'compatible', baseURL: '', sdk: openaiSdk, ...preset };
  const place = placeOf(settings, own, ['preset', 'structured']);
  const { name } = place;
  const structured = settings.structured ?? 'schema';

  async function* ask(
    request: ModelRequest,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<ModelEvent> {
    const start = async (watch: Watch) => {
      const body = chatBody(request, name, structured);
      const client = await openaiClient(place, watch);
      return await client.chat.completions.create(body, { signal: watch.signal });
    };
    yield* answering(place.call(request.model, signal), start, chatReader(name, request));
  }

  return {
    name,
    readiness: place.readiness,
    ask,
    check: async ({ signal } = {}) => {
      await once(place.call('', signal), async (watch) => {
        const client = await openaiClient(place, watch);
        await client.models.list({ signal: watch.signal });
      });
    },
  };
}
