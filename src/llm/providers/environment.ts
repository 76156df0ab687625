import type { Provider } from '../contract.ts';
import { anthropicProvider } from './anthropic/index.ts';
import type { ProviderSettings } from './common/settings.ts';
import { compatibleProvider } from './compatible/index.ts';
import { openaiProvider } from './openai/index.ts';

/**
 * The providers that have a key of their own, with the keys and addresses that an environment has: `ANTHROPIC_API_KEY`,
 * `OPENAI_API_KEY`, `GEMINI_API_KEY`, and `ANTHROPIC_BASE_URL`, `OPENAI_BASE_URL`, `GEMINI_BASE_URL`. One without a key
 * is there and says so.
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
  environment: Readonly<Record<string, string | undefined>>,
  shared: Omit<ProviderSettings, 'apiKey' | 'baseURL' | 'name'> = {},
): readonly Provider[] {
  const settings = (prefix: string): ProviderSettings => {
    const baseURL = environment[`${prefix}_BASE_URL`];
    return {
      ...shared,
      apiKey: environment[`${prefix}_API_KEY`],
      ...(baseURL === undefined || baseURL === '' ? {} : { baseURL }),
    };
  };
  return [
    anthropicProvider(settings('ANTHROPIC')),
    openaiProvider(settings('OPENAI')),
    compatibleProvider({ preset: 'gemini', ...settings('GEMINI') }),
  ];
}
