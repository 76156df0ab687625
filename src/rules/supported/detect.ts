import { failedOf } from '../../core/index.ts';
import type { FlowNode, Location, MachineNode, StateNode, StepKind, SystemModel, TaskNode } from '../../model/index.ts';
import { transitionGroups, visitActions, visitStates, visitSteps } from '../../model/visit/index.ts';
import { chartOf } from '../kit/chart.ts';
import type { Feature } from './table.ts';

/** Calls back for every use of a feature that may not be supported. */
export type Found = (feature: Feature, path: string, location: Location) => void;

/** Finds the uses of all features in a system. */
export function detect(model: SystemModel, found: Found): void {
  for (const member of ['retention', 'budget', 'access'] as const) {
    if (model[member] !== undefined) found(`system.${member}`, member, model.location);
  }
  for (const { name, location } of Object.values(model.agents)) found('agent', `agents.${name}`, location);
  for (const { name, type, location } of Object.values(model.resources)) {
    if (type === 'webhook') found('resource.webhook', `resources.${name}`, location);
  }
  for (const task of Object.values(model.tasks)) inTask(task, found);
  for (const flow of Object.values(model.flows)) inFlow(flow, found);
  for (const machine of Object.values(model.machines)) inMachine(machine, found);
}

function inTask(task: TaskNode, found: Found): void {
  for (const member of ['model', 'concurrency', 'rateLimit', 'priority', 'cache', 'evidence'] as const) {
    if (task[member] !== undefined) found(`task.${member}`, `tasks.${task.name}.${member}`, task.location);
  }
}

const steps: Readonly<Partial<Record<StepKind, Feature>>> = {
  graph: 'step.graph',
  race: 'step.race',
  approve: 'step.approve',
};

function inFlow(flow: FlowNode, found: Found): void {
  const path = `flows.${flow.name}`;
  if (failedOf(flow.on ?? '') !== undefined) found('event.failed', `${path}.on`, flow.location);
  for (const member of ['schedule', 'http'] as const) {
    if (flow[member] !== undefined) found(`flow.${member}`, `${path}.${member}`, flow.location);
  }
  visitSteps(flow, (step, place) => {
    const feature = steps[step.kind];
    if (feature !== undefined) found(feature, `${path}.body.${place.path}`, step.location);
    const failure = step.kind === 'waitFor' ? failedOf(step.event) : undefined;
    if (failure !== undefined) found('event.failed', `${path}.body.${place.path}`, step.location);
  });
}

function inMachine(machine: MachineNode, found: Found): void {
  if (machine.initial.length > 1) found('machine.several', `machines.${machine.name}.initial`, machine.location);
  for (const { alias, name } of machine.events) {
    if (failedOf(name) !== undefined)
      found('event.failed', `machines.${machine.name}.events.${alias}`, machine.location);
  }
  visitStates(machine, (state) => inState(state, chartOf(machine).path(state), found));
}

function inState(state: StateNode, path: string, found: Found): void {
  const { location } = state;
  if (state.type === 'parallel' || state.type === 'history') found(`state.${state.type}`, path, location);
  if (state.context !== undefined) found('state.context', `${path}.context`, location);
  if (state.always.length > 0) found('state.always', `${path}.always`, state.always[0]?.location ?? location);
  if ((state.initial?.length ?? 0) > 1) found('machine.several', `${path}.initial`, location);
  for (const { event, location: at } of state.on)
    if (event.endsWith('*')) found('machine.wildcard', `${path}.on.${event}`, at);
  for (const { id, target, location: at } of state.run) {
    if (target.kind !== 'flow') found(`run.${target.kind}`, `${path}.run.${id}`, at);
  }
  for (const group of transitionGroups(state)) {
    for (const [index, { targets, location: at }] of group.transitions.entries()) {
      if (targets.length > 1) found('machine.several', `${path}.${group.path}.${index}`, at);
    }
  }
  visitActions(state, (action, at) => {
    const { kind } = action;
    if (kind === 'send' || kind === 'cancel' || kind === 'forEach')
      found(`action.${kind}`, `${path}.${at}`, action.location);
  });
}
