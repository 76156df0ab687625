import { z } from 'zod';
import { nearest, type Clock, type Scheduler } from '../../core/index.ts';
import type { BudgetLimit } from '../budget/limits.ts';
import type { BudgetStore } from '../budget/store.ts';
import type { AnswerStore } from '../cache/store.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { MemoryStore } from '../context/memory.ts';
import type { Provider } from '../contract.ts';
import type { TokenEstimator } from '../tokens/estimator.ts';
import type { UsageStore } from '../usage/usage.ts';
import type { HealthOptions } from './breaker.ts';
import { wrongOptions } from './errors.ts';
import type { RateLimits } from './limits.ts';

/** How tries that failed are repeated. */
export interface RetryOptions {
  /** How often one model is asked in all. Default: 3. */
  readonly attempts?: number | undefined;
  /** The wait before the second try, in ms; twice as long each time, half of it by chance. Default: 1,000. */
  readonly baseMs?: number | undefined;
  /** The longest such wait. Default: 60,000. */
  readonly maxMs?: number | undefined;
}

/** Who is asked, in which order, how much and how often. JSON. Names are those of providers, models or `provider/model`. */
export interface RouteOptions {
  /** The lowest number is asked first; what has none has 0. */
  readonly priorities?: Readonly<Record<string, number>> | undefined;
  /** Who else is asked for a model that is asked for by its name: another model, or another provider of it. */
  readonly fallbacks?:
    | Readonly<Record<string, readonly (string | { readonly provider: string; readonly model: string })[]>>
    | undefined;
  readonly limits?: Readonly<Record<string, RateLimits>> | undefined;
  readonly retry?: RetryOptions | undefined;
  readonly health?: HealthOptions | undefined;
  /** The longest `Retry-After`, in ms, that is waited for while others could be asked. Default: 30,000. */
  readonly patienceMs?: number | undefined;
  /** How long a request may take that does not say so itself, in ms. Default: 600,000. */
  readonly withinMs?: number | undefined;
  /** How long a provider may give nothing, in ms, however alive it is. Default: as long as it likes. */
  readonly stallMs?: number | undefined;
}

/** What models are made of. */
export interface ModelsOptions {
  /** Whom there is to ask. One that is not ready is there, and says why. */
  readonly providers: readonly Provider[];
  /** Default: `openCatalogue()`. */
  readonly catalogue?: Catalogue;
  readonly budgets?: readonly BudgetLimit[];
  readonly route?: RouteOptions;
  /** Keeps answers. Default: not, unless `answers` are given. */
  readonly cache?: boolean | { readonly ttl?: string };
  /** Where answers, budgets, usage and notes are kept. Default: in memory. */
  readonly answers?: AnswerStore;
  readonly books?: BudgetStore;
  readonly usage?: UsageStore;
  readonly notes?: MemoryStore;
  /** Estimates tokens. Default: a new one, which learns. */
  readonly estimator?: TokenEstimator;
  readonly clock?: Clock;
  /** Whose time it is, where there is no `clock`. */
  readonly scheduler?: Scheduler;
  /** Numbers in [0, 1), for jitter and ids. Default: `Math.random`. */
  readonly random?: () => number;
}

const ms = z.number().min(0);
const most = z.int().min(1).optional();
/** What a route has to look like. */
export const routeSchema = z.strictObject({
  priorities: z.record(z.string(), z.number()).optional(),
  fallbacks: z
    .record(z.string(), z.array(z.union([z.string(), z.strictObject({ provider: z.string(), model: z.string() })])))
    .optional(),
  limits: z
    .record(z.string(), z.strictObject({ requestsPerMinute: most, tokensPerMinute: most, concurrency: most }))
    .optional(),
  retry: z.strictObject({ attempts: most, baseMs: ms.optional(), maxMs: ms.optional() }).optional(),
  health: z
    .strictObject({
      windowMs: ms.gt(0).optional(),
      minCalls: most,
      errorRate: z.number().gt(0).max(1).optional(),
      coolDownMs: ms.optional(),
      maxCoolDownMs: ms.optional(),
    })
    .optional(),
  patienceMs: ms.optional(),
  withinMs: ms.optional(),
  stallMs: ms.gt(0).optional(),
});

/** @throws MillraceError MR4046, naming every place that is not right. */
export function readRoute(
  given: RouteOptions = {},
  providers: readonly Provider[],
  catalogue: Catalogue,
): RouteOptions {
  const checked = routeSchema.safeParse(given);
  if (!checked.success)
    throw wrongOptions(
      checked.error.issues.map(({ path, message }) => `${['route', ...path].map(String).join('.')}: ${message}`),
    );
  const names = new Set<string>();
  for (const { name } of providers) {
    if (names.has(name))
      throw wrongOptions([
        `providers: there are two with the name '${name}'. Give one another name (the setting 'name').`,
      ]);
    names.add(name);
  }
  const models = catalogue.list().map(({ id }) => id);
  const known = new Set([...names, ...models]);
  const problems: string[] = [];
  const check = (name: string, place: string): void => {
    if (known.has(name)) return;
    const provider = [...names].find((one) => name.startsWith(`${one}/`));
    if (provider !== undefined && models.includes(name.slice(provider.length + 1))) return;
    // What is said of a provider that is not given here is no mistake.
    if (catalogue.list({ provider: name }).length > 0) return;
    problems.push(`${place}: '${name}' is no provider and no model of the catalogue.${guess(name, known)}`);
  };
  for (const part of ['priorities', 'limits'] as const)
    for (const name of Object.keys(given[part] ?? {})) check(name, `route.${part}`);
  // These are asked, so the catalogue has to know them.
  for (const [model, others] of Object.entries(given.fallbacks ?? {}))
    for (const name of [model, ...others.map((one) => (typeof one === 'string' ? one : one.model))])
      if (!models.includes(name))
        problems.push(`route.fallbacks.${model}: '${name}' is no model of the catalogue.${guess(name, models)}`);
  if (problems.length > 0) throw wrongOptions(problems);
  return given;
}

function guess(name: string, known: Iterable<string>): string {
  const near = nearest(name, known);
  return near === undefined ? '' : ` Did you mean '${near}'?`;
}
