import { nearest } from '../../core/index.ts';
import type { Catalogue, CatalogueModel, ModelRole, RoutedRequest, RouteOptions } from '../../llm/index.ts';
import { modelToAdd } from '../../llm/catalogue/to-add.ts';
import { named } from '../../llm/router/candidates.ts';
import { nearestRole, standInReason } from '../../llm/router/meant.ts';

type Wish = Pick<RoutedRequest, 'model' | 'role'>;

/** What is known of the models of a project. */
export interface KnownModels {
  readonly catalogue: Catalogue;
  readonly route: RouteOptions;
  /** The providers that can be asked. */
  readonly ready: ReadonlySet<string>;
  /** Is there a budget, so that a price has to be known? */
  readonly isLimited: boolean;
}

/** Who can be asked for a model or a role, or why nobody can. */
export interface WhoCanBeAsked {
  /** What is asked for: a model by its name, or a role. */
  readonly wants: string;
  /** The models that can be asked now. */
  readonly models: readonly string[];
  /** Why they are not of the role that is asked for. */
  readonly instead?: string;
  /** Why nobody would be asked. */
  readonly problem?: string;
}

/** Looks for whoever can be asked for a model or a role. Asks nobody. */
export function whoCanBeAsked(agent: Wish, known: KnownModels): WhoCanBeAsked {
  const { catalogue, ready, isLimited } = known;
  const { model: id, role } = agent;
  const about = { wants: id ?? `the role ${role ?? 'balanced'}` };
  if (id !== undefined && catalogue.find(id) === undefined) {
    const like = nearest(
      id,
      catalogue.list().map((one) => one.id),
    );
    const guess = like === undefined ? '' : ` Did you mean '${like}'?`;
    const [provider = 'PROVIDER'] = [...ready].filter((name) => !hasModels(catalogue, name));
    const add = `One of your own is added with models.catalogue: ${modelToAdd({ id, provider, ...(role === undefined ? {} : { role }) })}`;
    return { ...about, models: [], problem: `the catalogue has no model '${id}'.${guess} ${add}` };
  }
  const { meant, instead } = meantBy(agent, known);
  const usable = meant.filter(({ provider }) => ready.has(provider));
  const priced = usable.filter(({ prices }) => !isLimited || prices !== undefined);
  const models = priced.map(({ id, provider }) => `${provider}/${id}`);
  if (models.length > 0) return { ...about, models, ...(instead === undefined ? {} : { instead }) };
  if (usable.length > 0)
    return { ...about, models, problem: 'there is a budget, and the price of no such model is known.' };
  const providers = [...new Set(meant.map(({ provider }) => provider))];
  const problem =
    providers.length === 0
      ? 'no model of the catalogue is so.'
      : `none of its providers can be asked: ${providers.join(', ')}.${otherwise(agent, known)}`;
  return { ...about, models, problem };
}

/** Where those who can be asked have no role at all, the project may give it to one of their models. */
function otherwise({ model, role = 'balanced' }: Wish, { catalogue, ready }: KnownModels): string {
  const other = catalogue.list().find(({ provider }) => ready.has(provider));
  if (model !== undefined) return '';
  if (other === undefined) return [...ready].map((name) => ` ${withoutModels(name, role)}`).join('');
  return ` Give the role to another in models.catalogue: { id: '${other.id}', role: '${role}' }.`;
}

/** What to say of a provider that can be asked, of which the catalogue has no model. */
export const withoutModels = (provider: string, role?: ModelRole): string =>
  `The catalogue has no model of ${provider}, so it is asked for none. Say what it has, with models.catalogue: ${modelToAdd({ provider, ...(role === undefined ? {} : { role }) })}`;

/** Is anything known of what a provider has? */
export const hasModels = (catalogue: Catalogue, provider: string): boolean => catalogue.list({ provider }).length > 0;

/** The models that would be asked, by the rules of the router. */
function meantBy(
  { model, role = 'balanced' }: Wish,
  { catalogue, route, ready }: KnownModels,
): { readonly meant: readonly CatalogueModel[]; readonly instead?: string } {
  if (model !== undefined) return { meant: named(model, { catalogue, route }) };
  const ofRole = (one: ModelRole): readonly CatalogueModel[] => catalogue.list().filter((facts) => facts.role === one);
  const nearest = nearestRole(role, (one) => ofRole(one).some(({ provider }) => ready.has(provider))) ?? role;
  return { meant: ofRole(nearest), ...(nearest === role ? {} : { instead: standInReason(role) }) };
}
