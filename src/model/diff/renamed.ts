import { pathName } from '../edit/path.ts';
import type { BodyNode, FlowNode, StepNode } from '../nodes/flow.ts';
import type { Location } from '../nodes/location.ts';
import type { MachineNode } from '../nodes/machine.ts';
import type { SystemModel } from '../nodes/system.ts';
import { visitStates } from '../visit/states.ts';
import { stepParts } from '../visit/step-parts.ts';
import { stepName } from '../visit/steps.ts';
import { contentOf, joined, likeness, nameLikeness, placesOf, type Features } from './likeness.ts';

/** Something that an older version of a system has and a newer has not, under that name. */
export interface Vanished {
  readonly kind: 'event' | 'task' | 'flow' | 'machine' | 'state' | 'step';
  /** In the older version: `machines.order.states.paid`, `flows.pay.body.prepared/stock`. */
  readonly path: string;
  readonly name: string;
  /** Of a state its machine, of a step its flow, as they were called. */
  readonly owner?: string;
  readonly location: Location;
  /** What is new in the same place and may be it under another name, the likeliest first. */
  readonly candidates: readonly Candidate[];
}

/** What something may be called now. */
export interface Candidate {
  readonly name: string;
  /** From 0 to 1. */
  readonly likeness: number;
}

/** From the old path of what was renamed to its new name. */
export type Renames = ReadonlyMap<string, string>;

/**
 * What is gone between two versions of a system, with guesses of what each may be called now, by what it says, by who
 * refers to it and by its name. Below a machine or flow it is looked only when that stayed, or is among the renames.
 *
 * @param renames What is known already: it is not listed.
 * @example
 * ```ts
 * import { vanishedBetween, type SystemModel } from 'millrace/model';
 *
 * const questions = (before: SystemModel, after: SystemModel) =>
 *   vanishedBetween(before, after).map(({ path, candidates: [best] }) => `${path}: now ${best?.name ?? 'gone'}?`);
 * ```
 */
export function vanishedBetween(
  before: SystemModel,
  after: SystemModel,
  renames: Renames = new Map(),
): readonly Vanished[] {
  const found: Vanished[] = [];
  for (const [kind, map] of maps) {
    const [old, next] = [before[map], after[map]];
    const of = (model: SystemModel, name: string): Features => {
      const { flows, machines } = model;
      const content = contentOf(model[map][name] ?? {}, name);
      return kind === 'event' || kind === 'task'
        ? joined(content, placesOf({ flows, machines }, name, referring[kind]))
        : content;
    };
    const things = Object.values(old).map(({ name, location }) => ({ name, location }));
    found.push(
      ...gone(
        things,
        Object.keys(next),
        renames,
        (name) => `${map}.${pathName(name)}`,
        (a, b) => likeness(of(before, a), of(after, b)),
      ).map((each) => ({ kind, ...each })),
    );
  }
  const successor = <Node>(map: 'flows' | 'machines', name: string, nodes: Readonly<Record<string, Node>>) =>
    nodes[renames.get(`${map}.${pathName(name)}`) ?? name];
  for (const old of Object.values(before.machines)) {
    const next = successor('machines', old.name, after.machines);
    if (next !== undefined) found.push(...goneStates(old, next, renames));
  }
  for (const old of Object.values(before.flows)) {
    const next = successor('flows', old.name, after.flows);
    if (next === undefined) continue;
    const path = `flows.${pathName(old.name)}.body.`;
    found.push(...goneSteps(old, path, old.body, next.body, renames));
  }
  return found;
}

/**
 * The likeliest new name of each thing that is gone, where there is one that is more alike than not. Each new name is
 * guessed once.
 *
 * @param renames What is known already.
 */
export function likelyRenames(before: SystemModel, after: SystemModel, renames: Renames = new Map()): Renames {
  const guesses = new Map<string, string>();
  const taken = new Set<string>();
  for (const { path, kind, owner, candidates } of vanishedBetween(before, after, renames)) {
    const best = candidates.find(({ name }) => !taken.has(`${kind} ${owner} ${name}`));
    if (best === undefined || best.likeness < 0.5) continue;
    taken.add(`${kind} ${owner} ${best.name}`);
    guesses.set(path, best.name);
  }
  return guesses;
}

/** The fields of the model that name such things. */
const referring = {
  event: new Set(['event', 'name', 'on']),
  task: new Set(['name']),
  state: new Set(['targets', 'initial', 'name']),
} as const;

const maps = [
  ['event', 'events'],
  ['task', 'tasks'],
  ['flow', 'flows'],
  ['machine', 'machines'],
] as const;

function goneStates(old: MachineNode, next: MachineNode, renames: Renames): readonly Vanished[] {
  const of = (machine: MachineNode, name: string): Features => {
    let content: Features = new Map();
    // What it holds is compared by itself; how it is reached says more than its own words.
    visitStates(machine, (state) => {
      if (state.name === name) content = contentOf({ ...state, states: [] }, name);
    });
    return joined(content, placesOf({ initial: machine.initial, states: machine.states }, name, referring.state));
  };
  const things: { readonly name: string; readonly location: Location }[] = [];
  visitStates(old, ({ name, location }) => things.push({ name, location }));
  const names: string[] = [];
  visitStates(next, ({ name }) => names.push(name));
  const path = (name: string): string => `machines.${pathName(old.name)}.states.${pathName(name)}`;
  return gone(things, names, renames, path, (a, b) => likeness(of(old, a), of(next, b))).map((each) => ({
    kind: 'state',
    owner: old.name,
    ...each,
  }));
}

function goneSteps(
  flow: FlowNode,
  prefix: string,
  old: BodyNode,
  next: BodyNode,
  renames: Renames,
): readonly Vanished[] {
  const steps = (body: BodyNode): ReadonlyMap<string, StepNode> =>
    new Map(body.steps.flatMap((step) => (step.kind === 'returns' ? [] : [[stepName(step), step]])));
  const [before, after] = [steps(old), steps(next)];
  const things = [...before].map(([name, { location }]) => ({ name, location }));
  const path = (name: string): string => `${prefix}${pathName(name)}`;
  const like = (a: string, b: string): number =>
    likeness(contentOf(before.get(a) ?? {}, a), contentOf(after.get(b) ?? {}, b));
  const found = gone(things, [...after.keys()], renames, path, like).map((each): Vanished => ({
    kind: 'step',
    owner: flow.name,
    ...each,
  }));
  for (const [name, step] of before) {
    const other = after.get(renames.get(path(name)) ?? name);
    if (other === undefined) continue;
    const bodies = new Map((stepParts(other).bodies ?? []).map(({ name: key = '', body }) => [key, body]));
    for (const { name: key = '', body } of stepParts(step).bodies ?? []) {
      const inner = bodies.get(key);
      const below = key === '' ? `${path(name)}/` : `${path(name)}/${pathName(key)}/`;
      if (inner !== undefined) found.push(...goneSteps(flow, below, body, inner, renames));
    }
  }
  return found;
}

/** The names of before that are not there any more, each with those that are new and free, by likeness. */
function gone(
  before: readonly { readonly name: string; readonly location: Location }[],
  after: readonly string[],
  renames: Renames,
  path: (name: string) => string,
  like: (old: string, next: string) => number,
): readonly Omit<Vanished, 'kind' | 'owner'>[] {
  const known = new Set(before.map(({ name }) => name));
  const taken = new Set(before.flatMap(({ name }) => renames.get(path(name)) ?? []));
  const fresh = after.filter((name) => !known.has(name) && !taken.has(name));
  return before
    .filter(({ name }) => !after.includes(name) && !renames.has(path(name)))
    .map(({ name, location }) => {
      const score = (next: string): number => 0.75 * like(name, next) + 0.25 * nameLikeness(name, next);
      const candidates = fresh
        .map((next) => ({ name: next, likeness: Math.round(score(next) * 100) / 100 }))
        .toSorted((a, b) => b.likeness - a.likeness);
      return { path: path(name), name, location, candidates };
    });
}
