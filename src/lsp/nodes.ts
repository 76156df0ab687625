import { parsePath, visitStates, visitSteps, type StateNode, type StepNode, type SystemModel } from '../model/index.ts';
import type { Entity } from '../source/places/entity.ts';

/** The path of a step in its flow, as the model has it: `payment/charge`. */
export function stepPath({ path }: Pick<Entity, 'path'>): string {
  const parsed = parsePath(path);
  if ('problem' in parsed) return '';
  return parsed.pieces
    .slice(3)
    .map(({ name }) => name)
    .join('/');
}

/** The node of a step. */
export function stepOf(system: SystemModel, entity: Entity): StepNode | undefined {
  const flow = system.flows[entity.owner ?? ''];
  const wanted = stepPath(entity);
  let found: StepNode | undefined;
  if (flow !== undefined)
    visitSteps(flow, (step, { path }) => {
      if (path === wanted) found = step;
    });
  return found;
}

/** The node of a state. */
export function stateOf(system: SystemModel, { owner = '', name }: Entity): StateNode | undefined {
  const machine = system.machines[owner];
  let found: StateNode | undefined;
  if (machine !== undefined)
    visitStates(machine, (state) => {
      if (state.name === name) found ??= state;
    });
  return found;
}
