import type { Location, SystemModel } from '../../model/index.ts';
import { visitCalls, visitSteps, type CodeSite } from '../../model/visit/index.ts';
import type { DefinitionKind } from '../kit/definitions.ts';

/** A place in a system that names a definition. */
export interface Reference {
  readonly name: string;
  /** What it may be. */
  readonly kinds: readonly DefinitionKind[];
  /** Where it stands, as the beginning of a sentence. */
  readonly place: string;
  readonly path: string;
  readonly location: Location;
}

/** Calls back for every place that names a definition. */
export function visitReferences(model: SystemModel, visit: (reference: Reference) => void): void {
  visitCalls(model, ({ target, location }, site) => {
    visit({ name: target.name, kinds: [target.kind], place: placeOf(site), path: site.path, location });
  });
  flows(model, visit);
  machines(model, visit);
  tasks(model, visit);
}

function placeOf({ kind, name, step, state }: CodeSite): string {
  if (step !== undefined) return `Step '${step}' of flow '${name}'`;
  return state === undefined ? `'onFailure' of ${kind} '${name}'` : `State '${state}' of machine '${name}'`;
}

function flows(model: SystemModel, visit: (reference: Reference) => void): void {
  for (const flow of Object.values(model.flows)) {
    const path = `flows.${flow.name}`;
    if (flow.on !== undefined) {
      visit({
        name: flow.on,
        kinds: ['event'],
        place: `'on' of flow '${flow.name}'`,
        path: `${path}.on`,
        location: flow.location,
      });
    }
    visitSteps(flow, (step, at) => {
      if (step.kind !== 'waitFor') return;
      const place = `Step '${at.path}' of flow '${flow.name}'`;
      visit({
        name: step.event,
        kinds: ['event'],
        place,
        path: `${path}.body.${at.path}.event`,
        location: step.location,
      });
    });
  }
}

const aliases = { events: 'event', flows: 'flow', tasks: 'task', machines: 'machine' } as const;

function machines(model: SystemModel, visit: (reference: Reference) => void): void {
  for (const machine of Object.values(model.machines)) {
    for (const member of Object.keys(aliases) as (keyof typeof aliases)[]) {
      for (const { alias, name } of machine[member]) {
        const path = `machines.${machine.name}.${member}.${alias}`;
        visit({
          name,
          kinds: [aliases[member]],
          place: `'${member}' of machine '${machine.name}'`,
          path,
          location: machine.location,
        });
      }
    }
  }
}

function tasks(model: SystemModel, visit: (reference: Reference) => void): void {
  for (const task of Object.values(model.tasks)) {
    const from = (kind: DefinitionKind, member: string, names: readonly string[] = []): void => {
      for (const name of names) {
        const place = `'${member}' of task '${task.name}'`;
        visit({ name, kinds: [kind], place, path: `tasks.${task.name}.${member}`, location: task.location });
      }
    };
    if (task.model !== undefined) from('agent', 'model.agent', [task.model.agent]);
    from('task', 'model.tools', task.model?.tools);
    from('resource', 'needs.resources', task.needs?.resources);
    const rows = (task.evidence ?? []).flatMap(({ options: { resource } }) =>
      typeof resource === 'string' ? [resource] : [],
    );
    from('resource', 'evidence', rows);
  }
  for (const agent of Object.values(model.agents)) {
    for (const name of agent.tools ?? []) {
      visit({
        name,
        kinds: ['task'],
        place: `'tools' of agent '${agent.name}'`,
        path: `agents.${agent.name}.tools`,
        location: agent.location,
      });
    }
  }
}
