import { readFileSync } from 'node:fs';
import { deepFreeze, messageOf, MillraceError, nearest, systemClock, type Clock } from '../../core/index.ts';
import shipped from './catalogue.json' with { type: 'json' };
import type { ModelRole } from './roles.ts';
import { modelToAdd, whereToAdd } from './to-add.ts';
import { readCatalogue, readModel, readOverrides, type CatalogueModel, type CatalogueOverrides } from './schema.ts';

/** The models that are known, with what they can do and cost. */
export interface Catalogue {
  /** The day on which the shipped facts were looked up, or that of the last overrides that have one. */
  readonly asOf: string;
  /** One model. @throws MillraceError MR4074 when it is not known. */
  get(id: string): CatalogueModel;
  /** One model, if it is known. */
  find(id: string): CatalogueModel | undefined;
  /** The models of a role, sorted as `list` does. @throws MillraceError MR4075 when there is none. */
  byRole(role: ModelRole, filter?: { readonly provider?: string }): readonly CatalogueModel[];
  /** All models, or those of one provider, sorted by provider and id. */
  list(filter?: { readonly provider?: string }): readonly CatalogueModel[];
}

/**
 * The catalogue: what is shipped, changed by the overrides in their order. A text is the path of a JSON file. Prices
 * whose last day is over (by the clock) are left out, as prices that are not known.
 *
 * @throws MillraceError MR4073 when an override does not fit, or its file cannot be read.
 * @example
 * ```ts
 * import { openCatalogue } from 'millrace/llm';
 *
 * const catalogue = openCatalogue({
 *   overrides: [{ models: [{ id: 'claude-sonnet-5-5', role: 'flagship' }] }],
 * });
 * catalogue.get('claude-sonnet-5-5').contextTokens; // 1_000_000
 * ```
 */
export function openCatalogue(
  options: {
    readonly overrides?: readonly (string | CatalogueOverrides)[];
    readonly clock?: Clock;
    /** Begin with what is shipped (the default), or with nothing. */
    readonly shipped?: boolean;
  } = {},
): Catalogue {
  const clock = options.clock ?? systemClock();
  const base = readCatalogue(shipped, 'The shipped catalogue');
  let asOf = base.asOf;
  const models = new Map<string, CatalogueModel>();
  if (options.shipped !== false) for (const model of base.models) models.set(model.id, model);
  for (const override of options.overrides ?? []) {
    const from = typeof override === 'string' ? override : 'The override of the catalogue';
    const changes = readOverrides(typeof override === 'string' ? fileOf(override) : override, from);
    asOf = changes.asOf ?? asOf;
    for (const { prices, capabilities, ...change } of changes.models) {
      const { prices: known, ...present }: Partial<CatalogueModel> = models.get(change.id) ?? {};
      const priced = prices === undefined ? known : (prices ?? undefined);
      const merged = {
        ...present,
        ...change,
        ...(capabilities === undefined ? {} : { capabilities: { ...present.capabilities, ...capabilities } }),
        ...(priced === undefined ? {} : { prices: priced }),
      };
      models.set(change.id, readModel(merged, `${from}: the model '${change.id}'`));
    }
  }
  const sorted = [...models.values()]
    .sort((first, second) => order(first.provider, second.provider) || order(first.id, second.id))
    .map((model) => deepFreeze(model));
  const known = new Map(sorted.map((model) => [model.id, model]));
  const today = () => new Date(clock.now()).toISOString().slice(0, 10);

  const current = (model: CatalogueModel): CatalogueModel => {
    if (model.prices?.until === undefined || model.prices.until >= today()) return model;
    const { prices: _over, ...rest } = model;
    return Object.freeze(rest);
  };
  const find = (id: string): CatalogueModel | undefined => {
    const model = known.get(id);
    return model === undefined ? undefined : current(model);
  };
  const list = ({ provider }: { readonly provider?: string } = {}): readonly CatalogueModel[] =>
    sorted.filter((model) => provider === undefined || model.provider === provider).map(current);

  return Object.freeze({
    asOf,
    find,
    list,
    get(id: string) {
      const model = find(id);
      if (model !== undefined) return model;
      const near = nearest(id, known.keys());
      throw new MillraceError(
        `The model '${id}' is not in the catalogue.${near === undefined ? '' : ` Did you mean '${near}'?`} A model of your own is added with ${whereToAdd}: ${modelToAdd({ id, provider: 'PROVIDER' })}`,
        { code: 'MR4074', retryable: false, fault: 'input', details: { model: id } },
      );
    },
    byRole(role: ModelRole, filter: { readonly provider?: string } = {}) {
      const found = list(filter).filter((model) => model.role === role);
      if (found.length > 0) return found;
      const where = filter.provider === undefined ? '' : ` of the provider '${filter.provider}'`;
      throw new MillraceError(`No model${where} has the role '${role}'. Give it to one with an override.`, {
        code: 'MR4075',
        retryable: false,
        fault: 'input',
        details: { role, ...filter },
      });
    },
  });
}

const order = (first: string, second: string): number => (first < second ? -1 : first > second ? 1 : 0);

function fileOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch (error) {
    throw new MillraceError(`The catalogue ${path} cannot be read: ${messageOf(error)}`, {
      code: 'MR4073',
      retryable: false,
      fault: 'input',
      cause: error,
      details: { path },
    });
  }
}
