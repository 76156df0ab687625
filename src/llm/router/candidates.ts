import type { Catalogue } from '../catalogue/catalogue.ts';
import type { CatalogueModel } from '../catalogue/schema.ts';
import { modelRoles, type ModelRole } from '../catalogue/roles.ts';
import type { ModelRequest } from '../contract.ts';
import type { RoutedRequest } from '../models.ts';
import { mostOf } from '../money/cost.ts';
import type { Money } from '../money/money.ts';
import { fitOf } from '../tokens/estimator.ts';
import type { Unfit } from './errors.ts';
import type { RouteOptions } from './options.ts';
import type { Need, Pool } from './pool.ts';
import type { Target } from './target.ts';

/** A target that can answer a request. */
export interface Candidate extends Need {
  readonly facts: CatalogueModel;
  readonly request: ModelRequest;
  /** The most that it may cost there. */
  readonly most?: Money;
}

/** Those of one role, or those that stand for the model that was named. */
export interface Tier {
  readonly role?: ModelRole;
  readonly candidates: readonly Candidate[];
  readonly unfit: readonly Unfit[];
}

interface Known {
  readonly catalogue: Catalogue;
  readonly pool: Pool;
  readonly route: RouteOptions;
  readonly estimate: (model: string) => number;
}

/** The roles that may answer for one, from its own down: what costs less comes when the budget does not pay for more. */
export const rolesFrom = (role: ModelRole): readonly ModelRole[] => modelRoles.slice(modelRoles.indexOf(role));

/** Whom the catalogue has for a model by its name, and who else may stand in for it. */
export function named(id: string, { catalogue, route }: Pick<Known, 'catalogue' | 'route'>) {
  const own = catalogue.get(id);
  const others = (route.fallbacks?.[id] ?? []).map((one) => {
    const { model, ...more } = typeof one === 'string' ? { model: one } : one;
    return { ...catalogue.get(model), ...more };
  });
  return [own, ...others];
}

/** Who of some models can answer the request, and why the others cannot. */
export async function tierOf(
  models: readonly CatalogueModel[],
  wish: RoutedRequest,
  known: Known,
  signal: AbortSignal,
): Promise<Omit<Tier, 'role'>> {
  const { model: _model, role: _role, ...rest } = wish;
  const unfit: Unfit[] = [];
  const candidates: Candidate[] = [];
  for (const facts of models) {
    const refuse = (sort: Unfit['sort'], why: string): void => {
      unfit.push({ provider: facts.provider, model: facts.id, sort, why });
    };
    const target = known.pool.target(facts.provider, facts.id);
    if (target === undefined) {
      refuse('unready', 'no such provider is given');
      continue;
    }
    const { unready } = target.upstream;
    if (unready !== undefined) refuse('unready', unready);
    else if ((wish.tools?.length ?? 0) > 0 && !facts.capabilities.tools) refuse('capability', 'it calls no tools');
    else if (wish.output !== undefined && !facts.capabilities.structuredOutput)
      refuse('capability', 'it gives no structured output');
    else if (wish.maxOutputTokens > facts.maxOutputTokens)
      refuse('window', `it answers with ${facts.maxOutputTokens} tokens at most, not ${wish.maxOutputTokens}`);
    else {
      const request: ModelRequest = { ...rest, model: facts.id };
      const input = await inputOf(request, target, facts, known.estimate(facts.id), signal);
      const tokens = input + wish.maxOutputTokens;
      if (tokens > facts.contextTokens)
        refuse(
          'window',
          `its window has ${facts.contextTokens} tokens, and ${input} of input and ${wish.maxOutputTokens} of output are needed`,
        );
      else if (tokens > target.mostTokens())
        refuse('limit', `its limit is ${target.mostTokens()} tokens a minute, and ${tokens} are needed`);
      else {
        const most = mostOf({ input, maxOutput: wish.maxOutputTokens }, facts.prices);
        candidates.push({ target, facts, request, tokens, ...(most === undefined ? {} : { most }) });
      }
    }
  }
  return { candidates, unfit };
}

/** The tokens of the input: as estimated, and counted by the provider where the estimate is too near to the limit. */
async function inputOf(
  request: ModelRequest,
  { upstream: { provider } }: Target,
  { contextTokens }: CatalogueModel,
  estimated: number,
  signal: AbortSignal,
): Promise<number> {
  if (provider.countTokens === undefined) return estimated;
  if (fitOf(estimated, contextTokens - request.maxOutputTokens) !== 'count') return estimated;
  if (signal.aborted) return estimated;
  // Who hangs there holds nobody longer than the request may take.
  const { promise: gone, resolve } = Promise.withResolvers<number>();
  const leave = (): void => resolve(estimated);
  signal.addEventListener('abort', leave, { once: true });
  try {
    const counted = await Promise.race([provider.countTokens(request, { signal }), gone]);
    return Number.isSafeInteger(counted) && counted >= 0 ? counted : estimated;
  } catch {
    // It is a help, not a condition.
    return estimated;
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

/** The order in which they are asked: priority, health, cost, speed; then as they were given. */
export function inOrder(
  candidates: readonly Candidate[],
  { priorities = {} }: RouteOptions,
  now: number,
): readonly Candidate[] {
  const ranked = candidates.map((candidate) => {
    const { key, model, provider, breaker } = candidate.target;
    const { errorRate, calls, latencyMs = 0 } = breaker.read(now);
    return {
      candidate,
      priority: priorities[key] ?? priorities[model] ?? priorities[provider] ?? 0,
      // In steps: one failure more or less is no reason to change. One that may be well again is tried.
      health: calls < 5 || breaker.state(now) === 'halfOpen' ? 0 : Math.floor(errorRate * 4),
      cost: candidate.most,
      speed: Math.floor(latencyMs / 250),
    };
  });
  return ranked
    .sort(
      (first, second) =>
        first.priority - second.priority ||
        first.health - second.health ||
        cheaper(first.cost, second.cost) ||
        first.speed - second.speed,
    )
    .map(({ candidate }) => candidate);
}

// What has no known price comes last; what is in different currencies cannot be told.
function cheaper(first: Money | undefined, second: Money | undefined): number {
  if (first === undefined || second === undefined) return Number(first === undefined) - Number(second === undefined);
  return first.currency === second.currency ? first.micros - second.micros : 0;
}
