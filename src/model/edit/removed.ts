import type { FlowNode, StepNode } from '../nodes/flow.ts';
import type { Location } from '../nodes/location.ts';
import type { MachineNode, StateNode } from '../nodes/machine.ts';
import type { SystemModel } from '../nodes/system.ts';
import { renameAsked, renameGiven, renameMemberOf } from '../text/rename.ts';
import { stepName } from '../visit/steps.ts';
import { stepParts } from '../visit/step-parts.ts';
import { visitStates } from '../visit/states.ts';
import { findThere, type Step } from './find.ts';
import { maps, type MapName, type Owner } from './grammar.ts';
import { parsePath } from './path.ts';
import type { Place } from './place.ts';
import type { Problem } from './problem.ts';
import { codeIn } from './rename/code.ts';
import { readersOf, scopePlace } from './scope.ts';
import { visitAllSlots, visitMachineSlots } from './slots.ts';
import { findState } from './states.ts';

/** Something that an edit has taken away. Others must not name it in the end. */
export interface Removed {
  readonly edit: number;
  readonly title: string;
  readonly what: Place['what'];
  readonly map?: MapName;
  /** The definition that it was, or was in: under its newest name. */
  definition?: string;
  readonly name: string;
  readonly location: Location;
  /** Of a part: the step it was in. */
  readonly step?: string;
  /** What stood there. */
  readonly value: unknown;
}

/** What is to be remembered of a thing before it is removed. */
export function noteRemoval(step: Step, path: string, edit: number, title: string): Removed {
  const { what, map, definition, name, location, owner, key } = findThere(step, path);
  const value = (owner as Owner)[key];
  const parsed = parsePath(path);
  const around = 'pieces' in parsed && parsed.pieces.at(-1)?.by === '/' ? parsed.pieces.at(-2)?.name : undefined;
  return {
    edit,
    title,
    what,
    name,
    location,
    value,
    ...(map !== undefined && { map }),
    ...(definition !== undefined && { definition }),
    ...(around !== undefined && { step: around }),
  };
}

interface User {
  readonly place: string;
  readonly location: Location;
}

/** The problem with what is gone and still named. */
export function stillNamed(model: SystemModel, removed: Removed): Problem | undefined {
  const users = usersOf(model, removed);
  if (users.length === 0) return undefined;
  const [first, ...more] = [...new Set(users.map(({ place }) => place))];
  const others =
    more.length === 0 ? '' : more.length === 1 ? ` and by ${more[0]}` : ` and in ${more.length} more places`;
  return {
    code: 'MR1783',
    message: `'${removed.name}' is still named by ${first}${others}.`,
    hint: 'Change or remove what names it, in the same list of edits.',
    location: removed.location,
    related: users.map(({ location }) => ({ message: 'it is named here', location })),
  };
}

function usersOf(model: SystemModel, removed: Removed): readonly User[] {
  const { what, map, definition = '', name } = removed;
  if (what === 'definition') {
    if (map === undefined || Object.hasOwn(model[map], name)) return [];
    return map === 'locals' || map === 'imports' ? usersOfLocal(model, name) : usersOfDefinition(model, map, name);
  }
  if (map === 'flows') {
    const flow = model.flows[definition];
    return flow === undefined ? [] : usersInFlow(flow, removed);
  }
  const machine = map === 'machines' ? model.machines[definition] : undefined;
  return machine === undefined ? [] : usersInMachine(machine, removed);
}

function usersOfDefinition(model: SystemModel, map: MapName, name: string): readonly User[] {
  const users: User[] = [];
  visitAllSlots(model, (slot) => {
    // Hints are for people.
    if (slot.name !== name || !slot.kinds.includes(maps[map]) || slot.place.startsWith("'hints'")) return;
    const isMeantElsewhere = Object.entries(maps).some(
      ([other, kind]) => slot.kinds.includes(kind) && Object.hasOwn(model[other as MapName], name),
    );
    if (!isMeantElsewhere) users.push(slot);
  });
  return users;
}

function usersOfLocal(model: SystemModel, name: string): readonly User[] {
  if (Object.hasOwn(model.locals, name) || Object.hasOwn(model.imports, name)) return [];
  const users: User[] = [];
  for (const map of ['events', 'tasks', 'flows', 'machines'] as const) {
    for (const node of Object.values(model[map])) {
      const site = codeIn(map, node as unknown as Owner).find(({ node: code }) => code.uses.includes(name));
      if (site !== undefined) users.push({ place: `${maps[map]} '${node.name}'`, location: site.node.location });
    }
  }
  for (const local of Object.values(model.locals)) {
    if (local.uses.includes(name)) users.push({ place: `'${local.name}'`, location: local.location });
  }
  return users;
}

function usersInMachine(machine: MachineNode, { what, name, value }: Removed): readonly User[] {
  const users: User[] = [];
  const slots = (kind: string, gone: (name: string) => boolean): void =>
    visitMachineSlots(machine, (slot) => {
      if (slot.kind === kind && gone(slot.name)) users.push(slot);
    });
  const runIds = new Set<string>();
  visitStates(machine, ({ run }) => run.forEach(({ id }) => runIds.add(id)));
  if (what === 'state') {
    const gone = below(value as StateNode).filter(
      (one) => findState(machine as unknown as Owner, one.name) === undefined,
    );
    const names = gone.map((one) => one.name);
    const runs = gone.flatMap((one) => one.run.map(({ id }) => id)).filter((id) => !runIds.has(id));
    slots('state', (one) => names.includes(one));
    slots('run', (one) => runs.includes(one));
    for (const { node } of codeIn('machines', machine as unknown as Owner)) {
      const asks = names.some((one) => isFound(renameAsked(node.text, one, `${one}_`)));
      if (asks) users.push({ place: `code of machine '${machine.name}'`, location: node.location });
    }
  } else if (what === 'run') {
    slots('run', (one) => one === name && !runIds.has(name));
  } else if (what === 'alias') {
    const { alias } = value as { readonly alias: string };
    if (machine.events.some((one) => one.alias === alias)) return users;
    slots('alias', (one) => one === alias);
  }
  return users;
}

function below(state: StateNode): readonly StateNode[] {
  return [state, ...state.states.flatMap(below)];
}

function isFound(renaming: ReturnType<typeof renameGiven>): boolean {
  return 'splices' in renaming && renaming.splices.length > 0;
}

function usersInFlow(flow: FlowNode, { what, name, step: owner }: Removed): readonly User[] {
  if (what === 'step') return readsOutside(flow, name);
  if ((what !== 'part' && what !== 'graphNode') || owner === undefined) return [];
  const users: User[] = [];
  const look = (steps: readonly StepNode[]): void => {
    for (const [index, step] of steps.entries()) {
      if (stepName(step) === owner && !hasPart(step, name)) {
        const scope = scopePlace(flow, steps, index);
        for (const { node } of scope === undefined ? [] : readersOf(scope)) {
          if (isFound(renameMemberOf(node.text, owner, name, `${name}_`))) {
            users.push({ place: `code of flow '${flow.name}'`, location: node.location });
          }
        }
        if (step.kind === 'graph') {
          for (const node of step.nodes) {
            if (node.needs.includes(name))
              users.push({ place: `node '${node.name}' of flow '${flow.name}'`, location: node.location });
          }
        }
      }
      for (const { body } of stepParts(step).bodies ?? []) look(body.steps);
    }
  };
  look(flow.body.steps);
  return users;
}

function hasPart(step: StepNode, name: string): boolean {
  if (step.kind === 'graph') return step.nodes.some((node) => node.name === name);
  return (stepParts(step).bodies ?? []).some((part) => part.name === name);
}

/** The code of a flow that reads a step of some name where there is none. */
function readsOutside(flow: FlowNode, name: string): readonly User[] {
  const users: User[] = [];
  const inBody = (steps: readonly StepNode[], outer: boolean): void => {
    let isVisible = outer;
    for (const step of steps) {
      const { calls = [], code = [], bodies = [] } = stepParts(step);
      const hides = step.kind === 'graph' && step.nodes.some((node) => node.name === name);
      const own = [...calls.map((part) => ({ key: part.key, node: part.call.lambda })), ...code];
      for (const { key, node } of own) {
        const sees = isVisible || hides || (key === '~undo' && stepName(step) === name);
        if (!sees && node.kind === 'expression' && isFound(renameGiven(node.text, name, `${name}_`))) {
          users.push({ place: `step '${stepName(step)}' of flow '${flow.name}'`, location: node.location });
        }
      }
      for (const { body } of bodies) inBody(body.steps, isVisible);
      if (stepName(step) === name) isVisible = true;
    }
  };
  inBody(flow.body.steps, false);
  return users;
}

/** Names that code needs and that the system does not have, as far as they were not missing before. */
export function missingNames(before: SystemModel, after: SystemModel, map: MapName, name: string): readonly string[] {
  const node = after[map][name];
  if (node === undefined) return [];
  const needed = (model: SystemModel, one: unknown): readonly string[] => {
    const uses =
      map === 'locals'
        ? (one as { uses: readonly string[] }).uses
        : codeIn(map, one as Owner).flatMap((site) => site.node.uses);
    return uses.filter((use) => !Object.hasOwn(model.locals, use) && !Object.hasOwn(model.imports, use));
  };
  const known = before[map][name];
  const old = known === undefined ? [] : needed(before, known);
  return [...new Set(needed(after, node))].filter((use) => !old.includes(use));
}
