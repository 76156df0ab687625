import { matches } from '../../../core/index.ts';
import type { Location } from '../../nodes/location.ts';
import type { MachineNode, StateNode } from '../../nodes/machine.ts';
import { renameAsked } from '../../text/rename.ts';
import { scan } from '../../text/scan.ts';
import { visitStates } from '../../visit/states.ts';
import type { Step } from '../find.ts';
import { put, type Owner } from '../grammar.ts';
import type { Place } from '../place.ts';
import { refuse } from '../problem.ts';
import { visitMachineSlots } from '../slots.ts';
import { changeCode, checkReached, codeIn } from './code.ts';
import { followsEvent, renameAlias, renameDefaultRuns, renameRuns } from './inside.ts';

/** The machine that a place is in, in a copy. */
function machineOf({ work }: Step, { definition = '' }: Place): MachineNode {
  return work.open('machines', definition) as unknown as MachineNode;
}

/** Gives a state another name: targets, `initial`, the names of its own events, its work, and code that asks for it. */
export function renameState(step: Step, place: Place, to: string): void {
  const machine = machineOf(step, place);
  const from = place.name;
  const state = (place.owner as unknown[])[Number(place.key)] as StateNode;
  visitStates(machine, ({ name, location }) => {
    if (name !== to) return;
    refuse('MR1782', place.location, `machine '${machine.name}' has a state '${to}' already.`, {
      related: [{ message: 'it stands here', location }],
    });
  });
  checkPrefixes(machine, `done.state.${from}`, `done.state.${to}`);
  const runs = new Map(
    state.run.flatMap(({ id, target }) => {
      const list = { flow: 'flows', task: 'tasks', machine: 'machines' } as const;
      const alias = machine[list[target.kind]].find(({ name }) => name === target.name)?.alias;
      return alias !== undefined && id === `${from}.${alias}` ? [[id, `${to}.${alias}`] as const] : [];
    }),
  );
  for (const [old, next] of runs) checkRun(machine, old, next, place.location);
  visitMachineSlots(machine, (slot) => {
    if (slot.kind === 'state' && slot.name === from) slot.set(to);
  });
  renameRuns(machine, runs);
  put(state, 'name', to);
  const what = `The new name of state '${from}'`;
  const sites = codeIn('machines', machine as unknown as Owner);
  checkReached(step.work.model, sites, what, (text) => hasText(text, from));
  changeCode(sites, what, (text, { node }) => {
    const renaming = renameAsked(text, from, to);
    if (!('problem' in renaming) || !renaming.problem.includes('handed on')) return renaming;
    // Whoever gets the whole scope can ask for the state only where its name is written.
    const reached = node.uses.flatMap((name) => step.work.model.locals[name]?.text ?? []);
    return [text, ...reached].some((code) => hasText(code, from)) ? renaming : { splices: [] };
  });
}

/** Is a text literal of this value in the code? */
function hasText(code: string, value: string): boolean {
  const has = (tokens: ReturnType<typeof scan>): boolean =>
    tokens === undefined ||
    tokens.some(
      ({ type, value: text, parts = [] }) =>
        (type === 'string' && text === value) ||
        parts.some((part) => (typeof part === 'string' ? part === value : has(part.code))),
    );
  return has(scan(code));
}

/** Refuses a name that another descriptor with a `*` would cover, or cover no longer. */
function checkPrefixes(machine: MachineNode, from: string, to: string): void {
  visitStates(machine, ({ on }) => {
    for (const { event, location } of on) {
      if (event === from || matches(event, from) === matches(event, to)) continue;
      refuse('MR1786', location, `'${event}' would mean something else: it covers one of '${from}' and '${to}'.`);
    }
  });
}

function checkRun(machine: MachineNode, from: string, to: string, location: Location): void {
  visitStates(machine, ({ run }) => {
    for (const work of run) {
      if (work.id !== to) continue;
      refuse('MR1782', location, `machine '${machine.name}' runs something as '${to}' already.`, {
        related: [{ message: 'it stands here', location: work.location }],
      });
    }
  });
  for (const event of ['done', 'error']) checkPrefixes(machine, `${event}.run.${from}`, `${event}.run.${to}`);
}

/** Gives work another id. */
export function renameRun(step: Step, place: Place, to: string): void {
  const machine = machineOf(step, place);
  checkRun(machine, place.name, to, place.location);
  renameRuns(machine, new Map([[place.name, to]]));
}

/** Lets a machine call a definition by another name. */
export function renameEntry(step: Step, place: Place, to: string): void {
  const machine = machineOf(step, place);
  const list = place.owner as { readonly alias: string; readonly name: string }[];
  const entry = list[Number(place.key)];
  if (entry === undefined) return;
  const { alias, name } = entry;
  if (list.some((other) => other.alias === to)) {
    refuse('MR1782', place.location, `machine '${machine.name}' has something else called '${to}' already.`);
  }
  const kind = (['events', 'flows', 'tasks', 'machines'] as const).find((key) => machine[key] === (list as unknown));
  if (kind === 'events') {
    if (!followsEvent(machine, alias, to)) {
      refuse(
        'MR1786',
        place.location,
        `'${to}' means something else in machine '${machine.name}', or a pattern such as 'x.*' covers it otherwise.`,
      );
    }
    renameAlias(machine, alias, to);
  } else if (kind !== undefined) renameDefaultRuns(machine, kind.slice(0, -1), name, alias, to);
  put(entry, 'alias', to);
}
