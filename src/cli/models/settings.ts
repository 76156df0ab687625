import { z } from 'zod';
import { isDuration, MillraceError } from '../../core/index.ts';
import type { ProviderChoice } from '../../dsl/index.ts';
import { limitsSchema, readLimits } from '../../llm/budget/limits.ts';
import { overridesSchema } from '../../llm/catalogue/schema.ts';
import {
  openCatalogue,
  type BudgetLimit,
  type Catalogue,
  type CatalogueOverrides,
  type Provider,
  type RouteOptions,
} from '../../llm/index.ts';
import { routeSchema } from '../../llm/router/options.ts';
import type { Config } from '../../project/config/config.ts';
import { unknownKey, wrongIn } from './check.ts';
import { mustBeRight, notRight, part, saidInConfig, withFile, type Said, type Wrong } from './said.ts';

/** What a project says about models: files read, everything checked. */
export interface ReadSettings {
  /** Left out: who has a key or an address in the environment. */
  readonly providers?: readonly (ProviderChoice | Provider)[];
  readonly catalogue: Catalogue;
  readonly budgets: readonly BudgetLimit[];
  /** Are answers kept? Only where the project says so. */
  readonly cache: boolean | { readonly ttl?: string };
  /** What is said of the route, and where. */
  readonly route: { readonly value: RouteOptions; readonly placeOf: Said['placeOf'] };
}

const known = ['providers', 'catalogue', 'budgets', 'cache', 'route'] as const;
const uses = ['anthropic', 'openai', 'gemini', 'ollama', 'vllm', 'llamaCpp', 'compatible'] as const;
const ms = z
  .int({ error: 'is a whole number of milliseconds' })
  .positive({ error: 'is a whole number of milliseconds' });

const providerSchema = z.strictObject({
  use: z.enum(uses, { error: `is one of ${uses.join(', ')}` }),
  name: z.string().min(1).optional(),
  baseURL: z.url({ protocol: /^https?$/, error: 'is an address: http://127.0.0.1:11434/v1' }).optional(),
  keyFrom: z
    .string()
    // Not shown: it may be a key.
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'is the name of the variable that has the key, not the key itself' })
    .optional(),
  headersMs: ms.optional(),
  idleMs: ms.optional(),
});
const cacheSchema = z.strictObject({
  ttl: z.string().refine(isDuration, { error: "is a time: '7d', '1h'" }).optional(),
});

/**
 * Reads what a project says about models.
 *
 * @throws CliError MR2050 with the place of everything that is wrong, MR2051 for a file that cannot be read.
 */
export function readSettings(config: Config, cwd: string): ReadSettings {
  const { root } = config;
  if (config.models === undefined)
    return { catalogue: openCatalogue(), budgets: [], cache: false, route: { value: {}, placeOf: () => '' } };
  const said = withFile(saidInConfig(config, cwd), root, cwd);
  const { value } = said;
  if (!isObject(value)) {
    throw notRight([{ place: said.placeOf([]), message: `'models' should be an object, or a file that has one.` }]);
  }
  mustBeRight(
    Object.keys(value)
      .filter((key) => !(known as readonly string[]).includes(key))
      .map((key) => unknownKey(said, [], key, known)),
  );
  const given = (key: (typeof known)[number]): Said | undefined =>
    value[key] === undefined ? undefined : part(said, key);
  const files = (key: 'budgets' | 'route'): Said | undefined => {
    const found = given(key);
    return found === undefined ? undefined : withFile(found, root, cwd);
  };
  const providers = given('providers');
  const budgets = files('budgets');
  const cache = given('cache');
  const route = files('route');
  const overrides = overridesOf(given('catalogue'), root, cwd);
  mustBeRight([
    ...(providers === undefined ? [] : wrongProviders(providers)),
    ...overrides.flatMap((one) => wrongIn(overridesSchema, one)),
    ...(budgets === undefined ? [] : wrongBudgets(budgets)),
    ...(cache === undefined || typeof cache.value === 'boolean' ? [] : wrongIn(cacheSchema, cache)),
    ...(route === undefined ? [] : wrongIn(routeSchema, route)),
  ]);
  return {
    ...(providers === undefined ? {} : { providers: providersOf(providers.value) }),
    catalogue: catalogueOf(overrides),
    budgets: (budgets?.value ?? []) as readonly BudgetLimit[],
    cache: (cache?.value ?? false) as ReadSettings['cache'],
    route: { value: (route?.value ?? {}) as RouteOptions, placeOf: route?.placeOf ?? said.placeOf },
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const isProvider = (value: unknown): value is Provider =>
  isObject(value) && typeof value['ask'] === 'function' && typeof value['name'] === 'string';

function providersOf(value: unknown): readonly (ProviderChoice | Provider)[] {
  return (value as readonly (ProviderChoice['use'] | ProviderChoice | Provider)[]).map((one) =>
    typeof one === 'string' ? { use: one } : one,
  );
}

function wrongProviders(said: Said): readonly Wrong[] {
  const { value } = said;
  if (!Array.isArray(value) || value.length === 0)
    return [{ place: said.placeOf([]), message: `'${said.name}' should be a list of providers.` }];
  const names = new Set<string>();
  return value.flatMap((one: unknown, index): readonly Wrong[] => {
    const item = part(said, index);
    if (!isProvider(one)) {
      const secret = isObject(one) && 'apiKey' in one;
      if (secret) {
        const message = `'${item.name}' has a key in it. Name the variable that has it: keyFrom: 'MY_API_KEY'.`;
        return [{ place: item.placeOf(['apiKey']), message }];
      }
      const wrong = wrongIn(providerSchema, typeof one === 'string' ? { ...item, value: { use: one } } : item);
      if (wrong.length > 0) return wrong;
      const { use, baseURL } = (typeof one === 'string' ? { use: one } : one) as ProviderChoice;
      if (use === 'compatible' && baseURL === undefined)
        return [{ place: item.placeOf([]), message: `'${item.name}' needs a 'baseURL': where is it?` }];
    }
    const { use, name = use } = (typeof one === 'string' ? { use: one } : one) as ProviderChoice;
    if (names.has(name)) {
      const message = `'${item.name}' is called '${name}', as one before it. Give it a 'name'.`;
      return [{ place: item.placeOf([]), message }];
    }
    names.add(name);
    return [];
  });
}

function overridesOf(said: Said | undefined, root: string, cwd: string): readonly Said[] {
  if (said === undefined) return [];
  const { value } = said;
  const each = Array.isArray(value) ? value.map((_, index) => part(said, index)) : [said];
  return each.map((one) => withFile(one, root, cwd));
}

/** What they lead to together may still be wrong: a new model that is not whole. */
function catalogueOf(overrides: readonly Said[]): Catalogue {
  for (const [index, one] of overrides.entries()) {
    const upTo = overrides.slice(0, index + 1).map(({ value }) => value as CatalogueOverrides);
    mustBeRight(
      thrownBy(() => openCatalogue({ overrides: upTo })).map((message) => ({ place: one.placeOf([]), message })),
    );
  }
  return openCatalogue({ overrides: overrides.map(({ value }) => value as CatalogueOverrides) });
}

function wrongBudgets(said: Said): readonly Wrong[] {
  if (!Array.isArray(said.value)) {
    const message = `'${said.name}' should be a list of budgets: [{ scope: 'day', limit: '20 USD' }].`;
    return [{ place: said.placeOf([]), message }];
  }
  const wrong = wrongIn(limitsSchema, said);
  if (wrong.length > 0) return wrong;
  const limits = said.value as readonly BudgetLimit[];
  // The first that cannot be meant, alone or with those before it.
  for (const index of limits.keys()) {
    const [message] = thrownBy(() => readLimits(limits.slice(0, index + 1)));
    if (message !== undefined) return [{ place: said.placeOf([index]), message }];
  }
  return [];
}

function thrownBy(work: () => unknown): readonly string[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof MillraceError) return [`${error.message} (${error.code})`];
    throw error;
  }
}
