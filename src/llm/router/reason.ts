import type { Asked, RoutedRequest } from '../models.ts';
import { formatMoney } from '../money/money.ts';
import type { Candidate, Tier } from './candidates.ts';
import type { RouteOptions } from './options.ts';

/** Why one of those who can answer is asked. */
export interface Choice {
  readonly tier: Tier;
  readonly candidate: Candidate;
  /** Those who could be asked, in order. */
  readonly left: readonly Candidate[];
  /** Why it is not the role that was asked for. */
  readonly instead: string;
  readonly asked: readonly Asked[];
  readonly wish: RoutedRequest;
  readonly route: RouteOptions;
}

/** The reason of a choice, for people: what was asked for, whom it was before, what it costs, who has failed. */
export function reasonFor({ tier, candidate, left, instead, asked, wish, route }: Choice): string {
  const { target, most } = candidate;
  const { key, model, provider } = target;
  const { priorities = {} } = route;
  const priority = priorities[key] ?? priorities[model] ?? priorities[provider];
  const [first] = left;
  const failed = asked.filter((one) => one.failed !== undefined);
  return [
    tier.role !== undefined
      ? `${key} has the role ${tier.role}`
      : model === wish.model
        ? `${model} was asked for`
        : `${key} stands in for ${wish.model ?? ''}`,
    ...(left.length < 2 || first === undefined
      ? []
      : [first.target === target ? `first of ${left.length}` : `free before ${first.target.key}`]),
    ...(priority === undefined ? [] : [`priority ${priority}`]),
    ...(most === undefined ? [] : [`at most ${formatMoney(most)}`]),
    ...(instead === '' ? [] : [instead]),
    ...(failed.length === 0
      ? []
      : [
          `after ${failed.map((one) => `${one.provider}/${one.model} failed (${one.failed?.kind ?? ''} ${one.failed?.code ?? ''})`).join(', ')}`,
        ]),
  ].join('; ');
}
