import type { Provider } from '../contract.ts';
import { anthropicProvider } from './anthropic/index.ts';
import type { ProviderSettings } from './common/settings.ts';
import { compatibleProvider } from './compatible/index.ts';
import { openaiProvider } from './openai/index.ts';

/** The variables in which a provider has its key and its address. */
export interface ProviderVariables {
  readonly key?: string;
  readonly address?: string;
}

/** Those of an environment that every provider of ours is looked up by. */
export const providerVariables = {
  anthropic: { key: 'ANTHROPIC_API_KEY', address: 'ANTHROPIC_BASE_URL' },
  openai: { key: 'OPENAI_API_KEY', address: 'OPENAI_BASE_URL' },
  gemini: { key: 'GEMINI_API_KEY', address: 'GEMINI_BASE_URL' },
  ollama: { address: 'OLLAMA_BASE_URL' },
  vllm: { address: 'VLLM_BASE_URL' },
  llamaCpp: { address: 'LLAMACPP_BASE_URL' },
} as const satisfies Readonly<Record<string, ProviderVariables>>;

type Environment = Readonly<Record<string, string | undefined>>;
type Known = keyof typeof providerVariables;

/** What is sent to a server of your own that asks for no key: the SDKs do not send an empty one. */
const noKey = 'none';

/** What a variable holds; undefined when that is nothing. */
export function valueOf(environment: Environment, name: string | undefined): string | undefined {
  const value = name === undefined ? undefined : environment[name]?.trim();
  return value === '' ? undefined : value;
}

/**
 * With what a provider is asked. One at another address than its own needs no key: whether that server wants one, it says
 * itself.
 */
export function reachedBy(
  key: string | undefined,
  baseURL: string | undefined,
): Pick<ProviderSettings, 'apiKey' | 'baseURL'> {
  return {
    apiKey: key ?? (baseURL === undefined ? undefined : noKey),
    ...(baseURL === undefined ? {} : { baseURL }),
  };
}

/** Who is there by an environment: those with keys of their own always, the others where an address says so. */
export const namedBy = (environment: Environment): readonly Known[] => [
  'anthropic',
  'openai',
  'gemini',
  ...(['ollama', 'vllm', 'llamaCpp'] as const).filter(
    (use) => valueOf(environment, providerVariables[use].address) !== undefined,
  ),
];

/**
 * The providers that an environment names, as the `dsl` commands have them: Anthropic, OpenAI and Gemini with their keys
 * (`ANTHROPIC_API_KEY`, …) or, for a server of your own that needs none, with its address (`ANTHROPIC_BASE_URL`, …); Ollama,
 * vLLM and llama.cpp where their address is there (`OLLAMA_BASE_URL`, `VLLM_BASE_URL`, `LLAMACPP_BASE_URL`). One without a
 * key or an address is there and says so.
 *
 * @example
 * ```ts
 * import { environmentProviders } from 'millrace/llm';
 *
 * for (const { name, readiness } of environmentProviders(process.env))
 *   console.log(name, readiness.ready ? 'can be asked' : readiness.reason);
 * ```
 */
export function environmentProviders(
  environment: Environment,
  shared: Omit<ProviderSettings, 'apiKey' | 'baseURL' | 'name'> = {},
): readonly Provider[] {
  return namedBy(environment).map((use) => {
    const { key, address }: ProviderVariables = providerVariables[use];
    const settings = { ...shared, ...reachedBy(valueOf(environment, key), valueOf(environment, address)) };
    if (use === 'anthropic') return anthropicProvider(settings);
    return use === 'openai' ? openaiProvider(settings) : compatibleProvider({ preset: use, ...settings });
  });
}
