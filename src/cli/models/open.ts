import { MillraceError } from '../../core/index.ts';
import { openModels, type ModelRouter } from '../../llm/index.ts';
import type { Config } from '../../project/config/config.ts';
import type { Io } from '../kit/io.ts';
import { withMaxCost } from './max-cost.ts';
import { mustBeKnown, noProvider } from './no-provider.ts';
import { projectProviders, type ProjectProvider } from './providers.ts';
import { notRight } from './said.ts';
import { readSettings, type ReadSettings } from './settings.ts';

/** The models of a project: who answers for them, what is known of them, and what they may cost. */
export interface ProjectModels {
  readonly settings: ReadSettings;
  readonly providers: readonly ProjectProvider[];
  /** Whoever answers requests. Left out: no provider can be asked. */
  readonly models?: ModelRouter;
}

/** What a command line says beside them. */
export interface ModelWishes {
  /** Only this provider is asked. */
  readonly provider?: string | undefined;
  /** The most that the whole command may cost: `0.50` (dollars), or `0.50 EUR`. */
  readonly maxCost?: string | undefined;
}

/**
 * Opens the models of a project, as its config, the environment and the command line say: the same for every command.
 *
 * @throws CliError MR2050, MR2051 when what the config says is not right; MR2054 for a provider that there is not, MR2003 for
 * an amount that is none.
 */
export function openProjectModels(
  config: Config,
  { cwd, env }: Pick<Io, 'cwd' | 'env'>,
  { provider, maxCost }: ModelWishes = {},
): ProjectModels {
  const said = readSettings(config, cwd);
  const settings = maxCost === undefined ? said : { ...said, budgets: withMaxCost(said.budgets, maxCost) };
  const all = projectProviders(settings.providers, env);
  if (provider !== undefined)
    mustBeKnown(
      provider,
      all.map((one) => one.name),
    );
  const providers = all.filter(({ name }) => provider === undefined || name === provider);
  // Also where nobody can be asked: what is wrong with the settings is said before a key is there.
  const models = modelsOf(settings, providers);
  return { settings, providers, ...(providers.some(({ readiness }) => readiness.ready) ? { models } : {}) };
}

/** Opens what has been read. @throws CliError MR2050 */
function modelsOf(
  { catalogue, budgets, cache, route, providers: chosen }: ReadSettings,
  providers: readonly ProjectProvider[],
): ModelRouter {
  const listed = chosen === undefined ? {} : { priorities: inOrder(providers) };
  try {
    return openModels({
      providers: providers.map(({ provider }) => provider),
      catalogue,
      budgets,
      cache,
      route: { ...listed, ...route.value },
    });
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code !== 'MR4046') throw error;
    const { problems } = error.details as { readonly problems: readonly string[] };
    throw notRight(problems.map((problem) => ({ place: route.placeOf(pathIn(problem)), message: problem })));
  }
}

/** Who stands first in the config is asked first, unless the route says otherwise. */
const inOrder = (providers: readonly ProjectProvider[]): Readonly<Record<string, number>> =>
  Object.fromEntries(providers.map(({ name }, index) => [name, index]));

/** The path that a problem begins with: `route.limits.openai: …`. */
const pathIn = (problem: string): readonly string[] => problem.slice(0, problem.indexOf(': ')).split('.').slice(1);

/**
 * The models of a project for a command that cannot do without.
 *
 * @param what What needs them, as the beginning of a sentence: `An edit in words`.
 * @throws CliError MR2052 when no provider can be asked, and as `openProjectModels`.
 */
export function mustHaveModels(
  config: Config,
  io: Pick<Io, 'cwd' | 'env'>,
  what: string,
  wishes: ModelWishes = {},
): ProjectModels & { readonly models: ModelRouter } {
  const opened = openProjectModels(config, io, wishes);
  const { models, providers } = opened;
  if (models === undefined) throw noProvider(providers, what);
  return { ...opened, models };
}
