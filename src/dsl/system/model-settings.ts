import type { BudgetLimit } from '../../llm/budget/limits.ts';
import type { CatalogueOverrides } from '../../llm/catalogue/schema.ts';
import type { Provider } from '../../llm/contract.ts';
import type { RouteOptions } from '../../llm/router/options.ts';

/** A provider of `millrace/llm`, said as data. */
export interface ProviderChoice {
  /** Which one; `compatible` is any server that speaks chat completions, at `baseURL`. */
  readonly use: 'anthropic' | 'openai' | 'gemini' | 'ollama' | 'vllm' | 'llamaCpp' | 'compatible';
  /** Its name in the catalogue, in budgets and in errors. Default: that of `use`. */
  readonly name?: string;
  readonly baseURL?: string;
  /** The variable of the environment that has its key. A key itself never stands in a config. */
  readonly keyFrom?: string;
  /** How long until an answer begins, and how long one that has begun may be silent, in ms. */
  readonly headersMs?: number;
  readonly idleMs?: number;
}

/** Who answers for models, what they may cost, and what is kept. As a text: a JSON or YAML file that says all of it. */
export interface ModelSettings {
  /** Who is asked, most wanted first. Default: who has a key or an address in the environment. */
  readonly providers?: readonly (ProviderChoice['use'] | ProviderChoice | Provider)[];
  /** What is known better than the shipped catalogue has it: objects, or JSON and YAML files. */
  readonly catalogue?: string | CatalogueOverrides | readonly (string | CatalogueOverrides)[];
  /** At most so much money, or a JSON or YAML file that says so. */
  readonly budgets?: string | readonly BudgetLimit[];
  /** Keeps answers: an equal request is not paid again, for `ttl` (`'7d'`). Default: none is kept. */
  readonly cache?: boolean | { readonly ttl?: string };
  /** Priorities, fallbacks, limits, retries: data, or a JSON or YAML file that has it. */
  readonly route?: string | RouteOptions;
}
