import { nearest } from '../../../core/index.ts';
import type { Catalogue, CatalogueModel, ModelRole, RouteOptions } from '../../../llm/index.ts';
import { named } from '../../../llm/router/candidates.ts';
import { nearestRole, standInReason } from '../../../llm/router/meant.ts';
import type { AgentNode, SystemModel } from '../../../model/index.ts';

/** A task that a model performs, and who can be asked for it. */
export interface TaskModels {
  readonly task: string;
  readonly agent: string;
  /** What it asks for: a model by its name, or a role. */
  readonly wants: string;
  /** The models that can be asked now. */
  readonly models: readonly string[];
  /** Why they are not of the role that it asks for. */
  readonly instead?: string;
  /** Why it would not be performed. */
  readonly problem?: string;
}

/** What is known of the models of a project. */
export interface KnownModels {
  readonly catalogue: Catalogue;
  readonly route: RouteOptions;
  /** The providers that can be asked. */
  readonly ready: ReadonlySet<string>;
  /** Is there a budget, so that a price has to be known? */
  readonly isLimited: boolean;
}

/** Looks at every task of a system that a model performs: is there one for it? Asks nobody. */
export function taskModels(system: SystemModel, known: KnownModels): readonly TaskModels[] {
  const isLimited = known.isLimited || system.budget !== undefined;
  return Object.values(system.tasks).flatMap(({ name, model }): readonly TaskModels[] => {
    if (model === undefined) return [];
    const agent = system.agents[model.agent];
    return agent === undefined ? [] : [looked(name, agent, { ...known, isLimited })];
  });
}

function looked(task: string, agent: AgentNode, known: KnownModels): TaskModels {
  const { catalogue, ready, isLimited } = known;
  const wants = agent.model ?? `the role ${agent.role ?? 'balanced'}`;
  const about = { task, agent: agent.name, wants };
  if (agent.model !== undefined && catalogue.find(agent.model) === undefined) {
    const ids = catalogue.list().map(({ id }) => id);
    const like = nearest(agent.model, ids);
    const guess = like === undefined ? '' : ` Did you mean '${like}'?`;
    return { ...about, models: [], problem: `the catalogue has no model '${agent.model}'.${guess}` };
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
function otherwise({ model, role = 'balanced' }: AgentNode, { catalogue, ready }: KnownModels): string {
  const other = catalogue.list().find(({ provider }) => ready.has(provider));
  if (model !== undefined || other === undefined) return '';
  return ` Give the role to another in models.catalogue: { id: '${other.id}', role: '${role}' }.`;
}

/** The models that would be asked, by the rules of the router. */
function meantBy(
  { model, role = 'balanced' }: AgentNode,
  { catalogue, route, ready }: KnownModels,
): { readonly meant: readonly CatalogueModel[]; readonly instead?: string } {
  if (model !== undefined) return { meant: named(model, { catalogue, route }) };
  const ofRole = (one: ModelRole): readonly CatalogueModel[] => catalogue.list().filter((facts) => facts.role === one);
  const nearest = nearestRole(role, (one) => ofRole(one).some(({ provider }) => ready.has(provider))) ?? role;
  return { meant: ofRole(nearest), ...(nearest === role ? {} : { instead: standInReason(role) }) };
}
