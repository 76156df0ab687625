import type { CatalogueModel } from '../catalogue/schema.ts';
import { modelRoles, type ModelRole } from '../catalogue/roles.ts';
import type { RoutedRequest } from '../models.ts';
import { named, rolesFrom } from './candidates.ts';
import type { Core } from './core.ts';

/** The models that a request means. */
export interface Meant {
  /** Of the role that is asked first, then of those below it; of a model that is named it is one, without a role. */
  readonly tiers: readonly {
    readonly role?: ModelRole;
    readonly models: readonly CatalogueModel[];
  }[];
  /** Why it is not the role that was asked for; empty when it is. */
  readonly instead: string;
}

/**
 * The models that a request means, of the providers that are given, in their order. For a role that nobody who can be
 * asked has, the nearest one stands in; for a model that is named, only what the route says.
 *
 * @throws MillraceError MR4074 for a model that is not in the catalogue, MR4075 for a role that nobody has.
 */
export function meantBy(
  { model, role = 'balanced' }: Pick<RoutedRequest, 'model' | 'role'>,
  { catalogue, route, providers, pool }: Pick<Core, 'catalogue' | 'route' | 'providers' | 'pool'>,
): Meant {
  if (model !== undefined) return { tiers: [{ models: named(model, { catalogue, route }) }], instead: '' };
  const models = providers.flatMap(({ name }) => catalogue.list({ provider: name }));
  const ofRole = (one: ModelRole): readonly CatalogueModel[] => models.filter((facts) => facts.role === one);
  const first = nearestRole(role, (one) =>
    ofRole(one).some(({ provider }) => pool.upstreams.get(provider)?.unready === undefined),
  );
  if (first === undefined) catalogue.byRole(role);
  const [own, ...below] = rolesFrom(first ?? role).map((one) => ({ role: one, models: ofRole(one) }));
  if (own === undefined || own.role === role) return { tiers: own === undefined ? [] : [own, ...below], instead: '' };
  // Those that were meant stay among them: what they have answered before counts, and why they cannot be asked is told.
  const standIns = { role: own.role, models: [...ofRole(role), ...own.models] };
  return { tiers: [standIns, ...below], instead: standInReason(role) };
}

/** Why another role is asked. */
export const standInReason = (role: ModelRole): string => `instead of the role ${role}: nobody who can be asked has it`;

/** The role itself where somebody has it, else the nearest that somebody has: of two as near, the one above. */
export function nearestRole(role: ModelRole, isThere: (role: ModelRole) => boolean): ModelRole | undefined {
  const distance = (one: ModelRole): number => Math.abs(modelRoles.indexOf(one) - modelRoles.indexOf(role));
  return modelRoles.filter(isThere).toSorted((one, other) => distance(one) - distance(other))[0];
}
