import { failedOf } from '../../core/index.ts';
import type { CallNode, FlowNode } from '../nodes/flow.ts';
import type { Location } from '../nodes/location.ts';
import type { MachineNode, StateNode } from '../nodes/machine.ts';
import type { ContextNode, SystemModel } from '../nodes/system.ts';
import type { AgentNode, TaskNode } from '../nodes/task.ts';
import { actionParts } from '../visit/actions.ts';
import { transitionGroups, visitActions, visitStates } from '../visit/states.ts';
import { stepParts } from '../visit/step-parts.ts';
import { visitSteps } from '../visit/steps.ts';
import { put, type DefinitionKind, type MapName, type Owner } from './grammar.ts';
import { writtenTarget } from './rename/target.ts';

/** A place in a definition that names another one. */
export interface Slot {
  /** What the name may stand for. */
  readonly kinds: readonly DefinitionKind[];
  readonly name: string;
  /** Such as `step 'paid' of flow 'pay'`. */
  readonly place: string;
  readonly location: Location;
  /** Puts another name there. Only in a copy. */
  readonly set: (to: string) => void;
  /** The call that the name is the target of. */
  readonly call?: CallNode;
}

/** Calls back for every place in a definition that names a definition. */
export function visitSlots(map: MapName, node: Owner, visit: (slot: Slot) => void): void {
  common(map, node, visit);
  if (map === 'flows') flow(node as unknown as FlowNode, visit);
  else if (map === 'machines') machine(node as unknown as MachineNode, visit);
  else if (map === 'tasks') task(node as unknown as TaskNode, visit);
  else if (map === 'agents') names(node as unknown as AgentNode, 'tools', ['task'], visit);
  else if (map === 'contexts') context(node as unknown as ContextNode, visit);
}

/** Calls back for every place of a system that names a definition. */
export function visitAllSlots(model: SystemModel, visit: (slot: Slot, map: MapName, name: string) => void): void {
  for (const map of ['contexts', 'events', 'tasks', 'agents', 'resources', 'flows', 'machines'] as const) {
    for (const [name, node] of Object.entries(model[map])) {
      visitSlots(map, node as unknown as Owner, (slot) => visit(slot, map, name));
    }
  }
}

const any: readonly DefinitionKind[] = ['event', 'task', 'agent', 'resource', 'flow', 'machine'];

function common(map: MapName, node: Owner, visit: (slot: Slot) => void): void {
  const hints = node['hints'] as { related?: readonly string[] } | undefined;
  const place = `'hints' of ${map.slice(0, -1)} '${String(node['name'])}'`;
  for (const [index, name] of (hints?.related ?? []).entries()) {
    visit({
      kinds: any,
      name,
      place,
      location: node['location'] as Location,
      set: (to) => put((hints as { related: readonly string[] }).related, index, to),
    });
  }
}

function names<Node extends { readonly kind: string; readonly name: string; readonly location: Location }>(
  node: Node,
  key: keyof Node & string,
  kinds: readonly DefinitionKind[],
  visit: (slot: Slot) => void,
): void {
  const list = (node[key] ?? []) as unknown as readonly string[];
  const place = `'${key}' of ${node.kind} '${node.name}'`;
  for (const [index, name] of list.entries()) {
    visit({ kinds, name, place, location: node.location, set: (to) => put(list, index, to) });
  }
}

function context(node: ContextNode, visit: (slot: Slot) => void): void {
  names(node, 'members', any, visit);
  names(node, 'dependencies', ['context'], visit);
}

function task(node: TaskNode, visit: (slot: Slot) => void): void {
  const { name, location, model, needs, evidence = [] } = node;
  const at = (key: string) => ({ place: `'${key}' of task '${name}'`, location });
  if (model !== undefined) {
    visit({ kinds: ['agent'], name: model.agent, ...at('model'), set: (to) => put(model, 'agent', to) });
    for (const [index, tool] of (model.tools ?? []).entries()) {
      visit({ kinds: ['task'], name: tool, ...at('model'), set: (to) => put(model.tools as object, index, to) });
    }
  }
  for (const [index, resource] of (needs?.resources ?? []).entries()) {
    const list = needs?.resources as object;
    visit({ kinds: ['resource'], name: resource, ...at('needs'), set: (to) => put(list, index, to) });
  }
  for (const { kind, options } of evidence) {
    const { resource } = options;
    if (kind !== 'row' || typeof resource !== 'string') continue;
    visit({ kinds: ['resource'], name: resource, ...at('evidence'), set: (to) => put(options, 'resource', to) });
  }
}

function call(node: CallNode, place: string, visit: (slot: Slot) => void): void {
  const { target, location } = node;
  visit({ kinds: [target.kind], name: target.name, place, location, set: (to) => put(target, 'name', to), call: node });
}

/** The name of an event, or of the failures of a task or a flow. */
function event(
  owner: object,
  key: string,
  name: string,
  at: Pick<Slot, 'place' | 'location'>,
  visit: (slot: Slot) => void,
): void {
  const failed = failedOf(name);
  if (failed === undefined) visit({ kinds: ['event'], name, ...at, set: (to) => put(owner, key, to) });
  else visit({ kinds: ['task', 'flow'], name: failed, ...at, set: (to) => put(owner, key, `failed.${to}`) });
}

function flow(node: FlowNode, visit: (slot: Slot) => void): void {
  const of = `of flow '${node.name}'`;
  if (node.on !== undefined) event(node, 'on', node.on, { place: `'on' ${of}`, location: node.location }, visit);
  if (node.onFailure !== undefined) call(node.onFailure, `'onFailure' ${of}`, visit);
  visitSteps(node, (step, { path }) => {
    const place = `step '${path}' ${of}`;
    for (const part of stepParts(step).calls ?? []) call(part.call, place, visit);
    if (step.kind === 'waitFor') event(step, 'event', step.event, { place, location: step.location }, visit);
  });
}

function machine(node: MachineNode, visit: (slot: Slot) => void): void {
  const of = `of machine '${node.name}'`;
  const listed = (key: 'events' | 'flows' | 'tasks' | 'machines', kind: DefinitionKind): void => {
    for (const alias of node[key]) {
      const at = { place: `'${key}' ${of}`, location: node.location };
      if (key === 'events') event(alias, 'name', alias.name, at, visit);
      else visit({ kinds: [kind], name: alias.name, ...at, set: (to) => put(alias, 'name', to) });
    }
  };
  listed('events', 'event');
  listed('flows', 'flow');
  listed('tasks', 'task');
  listed('machines', 'machine');
  visitStates(node, (state) => inState(state, `state '${state.name}' ${of}`, visit));
}

function inState(state: StateNode, place: string, visit: (slot: Slot) => void): void {
  for (const { target, location } of state.run) {
    visit({ kinds: [target.kind], name: target.name, place, location, set: (to) => put(target, 'name', to) });
  }
  visitActions(state, (action) => {
    for (const inner of actionParts(action).calls ?? []) call(inner, place, visit);
    if (action.kind !== 'send' || action.target === undefined) return;
    const written = writtenTarget(action);
    if (written?.machine === undefined) return;
    visit({ kinds: ['machine'], name: written.machine, place, location: action.location, set: written.set });
  });
}

/** A place in a machine that names one of its states, runs or events. */
export interface MachineSlot {
  readonly kind: 'state' | 'run' | 'alias';
  readonly name: string;
  readonly place: string;
  readonly location: Location;
  readonly set: (to: string) => void;
}

/** Calls back for every place in a machine that names one of its states, what they run, or an event by its alias. */
export function visitMachineSlots(node: MachineNode, visit: (slot: MachineSlot) => void): void {
  const of = `machine '${node.name}'`;
  const list = (
    kind: MachineSlot['kind'],
    values: readonly string[] | undefined,
    place: string,
    location: Location,
  ): void => {
    for (const [index, name] of (values ?? []).entries()) {
      visit({ kind, name, place, location, set: (to) => put(values as object, index, to) });
    }
  };
  list('state', node.initial, `'initial' of ${of}`, node.location);
  list('alias', node.creates, `'creates' of ${of}`, node.location);
  visitStates(node, (state) => {
    const place = `state '${state.name}' of ${of}`;
    list('state', state.initial, place, state.location);
    for (const on of state.on) descriptor(on, place, visit);
    for (const { transitions } of transitionGroups(state)) {
      for (const { targets, location } of transitions) list('state', targets, place, location);
    }
    visitActions(state, (action) => {
      const written = action.kind === 'send' ? writtenTarget(action) : undefined;
      if (written?.run === undefined) return;
      visit({ kind: 'run', name: written.run, place, location: action.location, set: written.set });
    });
  });
}

function descriptor(on: StateNode['on'][number], place: string, visit: (slot: MachineSlot) => void): void {
  const { event: name, location } = on;
  const at = { place, location };
  const [, prefix, about, rest] = /^((?:done|error)\.(state|run)\.)(.+)$/s.exec(name) ?? [];
  const [, timer, number] = /^after\.(.+)\.(\d+)$/s.exec(name) ?? [];
  if (prefix !== undefined && rest !== undefined) {
    visit({
      kind: about === 'state' ? 'state' : 'run',
      name: rest,
      ...at,
      set: (to) => put(on, 'event', `${prefix}${to}`),
    });
  } else if (timer !== undefined) {
    visit({ kind: 'state', name: timer, ...at, set: (to) => put(on, 'event', `after.${to}.${number}`) });
  } else visit({ kind: 'alias', name, ...at, set: (to) => put(on, 'event', to) });
}
