import type { SystemModel } from '../../../model/index.ts';
import { whoCanBeAsked, type KnownModels, type WhoCanBeAsked } from '../../models/who-can-be-asked.ts';

/** A task that a model performs, and who can be asked for it. */
export interface TaskModels extends WhoCanBeAsked {
  readonly task: string;
  readonly agent: string;
}

/** Looks at every task of a system that a model performs: is there one for it? Asks nobody. */
export function taskModels(system: SystemModel, known: KnownModels): readonly TaskModels[] {
  const isLimited = known.isLimited || system.budget !== undefined;
  return Object.values(system.tasks).flatMap(({ name, model }): readonly TaskModels[] => {
    if (model === undefined) return [];
    const agent = system.agents[model.agent];
    return agent === undefined
      ? []
      : [{ task: name, agent: agent.name, ...whoCanBeAsked(agent, { ...known, isLimited }) }];
  });
}
