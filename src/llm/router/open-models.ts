import { openCatalogue } from '../catalogue/catalogue.ts';
import { TokenEstimator } from '../tokens/estimator.ts';
import type { Core } from './core.ts';
import { Bus } from './events.ts';
import { readRoute, type ModelsOptions } from './options.ts';
import { openBooks } from './place.ts';
import { Pool } from './pool.ts';
import { Router, type ModelRouter } from './router.ts';
import { timeOf } from './time.ts';

/**
 * Puts providers behind one router: who can answer a request is asked in order, failures are repeated or handed on as
 * their kind allows, limits and budgets hold before anything is spent, and what was used is recorded.
 *
 * @throws MillraceError MR4046 for options that cannot be meant; MR4070, MR4071, MR4083 for budgets, MR3002 for a ttl.
 * @example
 * ```ts
 * import { environmentProviders, openModels } from 'millrace/llm';
 *
 * const models = openModels({
 *   providers: environmentProviders(process.env),
 *   budgets: [{ scope: 'day', limit: '5 USD' }],
 * });
 * models.on((event) => console.log(event.type));
 *
 * export const capitalOf = (country: string) =>
 *   models.ask({
 *     role: 'fast',
 *     messages: [{ role: 'user', text: `The capital of ${country}?` }],
 *     maxOutputTokens: 50,
 *   });
 * ```
 */
export function openModels(options: ModelsOptions): ModelRouter {
  const { providers, clock, scheduler } = options;
  const catalogue = options.catalogue ?? openCatalogue(clock === undefined ? {} : { clock });
  const route = readRoute(options.route, providers, catalogue);
  const time = timeOf(clock, scheduler);
  const bus = new Bus(() => time.now());
  const estimator = options.estimator ?? new TokenEstimator();
  const core: Core = {
    providers: [...providers],
    catalogue,
    route,
    pool: new Pool(providers, route, time, bus),
    bus,
    time,
    estimator,
    learn: ({ request }, usage) => estimator.learn(request, usage),
  };
  return new Router(core, openBooks(options));
}
