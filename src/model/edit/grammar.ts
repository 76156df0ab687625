import type { StepNode } from '../nodes/flow.ts';
import type { SystemModel } from '../nodes/system.ts';
import { stepName } from '../visit/steps.ts';

/** The members of a system that hold definitions, declarations and imports by name, and what one of each is. */
export const maps = {
  contexts: 'context',
  events: 'event',
  tasks: 'task',
  agents: 'agent',
  resources: 'resource',
  flows: 'flow',
  machines: 'machine',
  locals: 'local',
  imports: 'import',
} as const satisfies { readonly [K in keyof SystemModel]?: string };
export type MapName = keyof typeof maps;
export type DefinitionKind = (typeof maps)[MapName];

export function isMap(name: string): name is MapName {
  return Object.hasOwn(maps, name);
}

/** Part of a model while it is changed, as far as its structure goes. */
export type Owner = Record<string, unknown>;

export function isOwner(value: unknown): value is Owner {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What can stand in a list of the model. */
export type ItemKind =
  | 'step'
  | 'part'
  | 'graphNode'
  | 'match'
  | 'alias'
  | 'state'
  | 'on'
  | 'timer'
  | 'transition'
  | 'action'
  | 'run';

interface List {
  readonly item: ItemKind;
  /** The name that an item goes by; without one it goes by its index. */
  readonly name?: (item: Owner) => string;
}

const member =
  (key: string) =>
  (item: Owner): string =>
    String(item[key]);
const parts: List = { item: 'part', name: member('name') };
const aliases: List = { item: 'alias', name: member('name') };
const transitions: List = { item: 'transition' };
const actions: List = { item: 'action' };
const states: List = { item: 'state', name: member('name') };

/** The lists of the model whose items are addressed, by the kind of their owner and their member. */
const lists: Readonly<Record<string, List>> = {
  'body.steps': { item: 'step', name: (item) => stepName(item as unknown as StepNode) },
  'parallel.bodies': parts,
  'race.bodies': parts,
  'branch.cases': parts,
  'graph.nodes': { item: 'graphNode', name: member('name') },
  'waitFor.match': { item: 'match', name: member('field') },
  'machine.events': aliases,
  'machine.flows': aliases,
  'machine.tasks': aliases,
  'machine.machines': aliases,
  'machine.states': states,
  'state.states': states,
  'state.on': { item: 'on', name: member('event') },
  'state.always': transitions,
  'state.after': { item: 'timer' },
  'state.entry': actions,
  'state.exit': actions,
  'state.run': { item: 'run', name: member('id') },
  'state.onDone': transitions,
  'run.onDone': transitions,
  'run.onError': transitions,
  'on.transitions': transitions,
  'timer.transitions': transitions,
  'transition.actions': actions,
  'forEach.actions': actions,
  'when.actions': actions,
  'when.otherwise': actions,
};

export function listOf(type: string | undefined, key: string): List | undefined {
  const name = `${type}.${key}`;
  return Object.hasOwn(lists, name) ? lists[name] : undefined;
}

/** The members that hold one body. */
const bodies: ReadonlySet<string> = new Set([
  'flow.body',
  'map.body',
  'repeat.body',
  'attempt.body',
  'attempt.handler',
  'part.body',
]);

/** What the value of a member is, when paths go further into it than into any value. */
export function typeOf(type: string | undefined, key: string): string | undefined {
  return bodies.has(`${type}.${key}`) ? 'body' : undefined;
}

/** What an item of a list is: a step and an action say it themselves. */
export function typeOfItem(item: ItemKind, value: unknown): string {
  return (item === 'step' || item === 'action') && isOwner(value) ? String(value['kind']) : item;
}

/** Puts something into a node of a copy. */
export function put(owner: object, key: string | number, value: unknown): void {
  (owner as Record<string | number, unknown>)[key] = value;
}
