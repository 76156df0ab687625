import { MillraceError } from '../core/index.ts';
import type { MachineModule, Snapshot, StateRow } from './module.ts';
import { unknownState } from './unknown-state.ts';

/** What the check needs to know of a machine. */
type Checked = Pick<MachineModule, 'name' | 'states'>;

/**
 * Checks that a stored snapshot is one in which this machine can stand: its states exist and can be active together,
 * exactly one below each state and one in every region of a parallel one; `status` says whether the machine has ended;
 * what history states remember could have been left so. Says nothing about the context: that is for its schema.
 *
 * @returns The snapshot, its states in document order.
 * @throws MillraceError MR3370 when it is no snapshot, MR3330 when a state does not exist, MR3374 when the states cannot
 * be active together.
 * @example
 * ```ts
 * import { checkSnapshot, type MachineModule } from 'millrace/machine';
 *
 * function read(lamp: MachineModule, text: string) {
 *   return checkSnapshot(lamp, JSON.parse(text));
 * }
 * ```
 */
export function checkSnapshot(machine: Checked, value: unknown): Snapshot {
  const snapshot = shaped(machine, value);
  const { state, status, history } = snapshot;
  const leaves = numbersOf(machine, state);
  checkTogether(machine, -1, leaves);
  const { states } = machine;
  const ended = leaves.some((leaf) => states[leaf]?.[3] === 'final' && states[leaf][1] === -1);
  if (ended !== (status === 'done'))
    refuse(
      machine,
      `in [${state.join(', ')}] it ${ended ? 'has ended' : 'has not ended'}, but its status is '${status}'`,
    );
  for (const [name, kept] of Object.entries(history ?? {})) {
    const number = states.findIndex(([each, , , type]) => each === name && isHistory(type));
    if (number === -1) unknownState(machine.name, name);
    checkRemembered(machine, number, numbersOf(machine, kept));
  }
  return { ...snapshot, state: leaves.map((leaf) => nameOf(machine, leaf)) };
}

function shaped({ name }: Checked, value: unknown): Snapshot {
  const { state, status, history } = (value ?? {}) as { readonly [K in keyof Snapshot]?: unknown };
  const namesOf = (list: unknown): boolean => Array.isArray(list) && list.every((each) => typeof each === 'string');
  const remembers =
    history === undefined ||
    (typeof history === 'object' && history !== null && Object.values(history).every((kept) => namesOf(kept)));
  if (namesOf(state) && (status === 'active' || status === 'done') && remembers) return value as Snapshot;
  throw new MillraceError(
    `This is no snapshot of machine '${name}': it needs 'state', a list of names, and 'status'.`,
    {
      code: 'MR3370',
      retryable: false,
      fault: 'input',
      details: { machine: name },
    },
  );
}

function numbersOf({ name, states }: Checked, names: readonly string[]): readonly number[] {
  return names
    .map((each) => {
      const number = states.findIndex(([state]) => state === each);
      return number === -1 ? unknownState(name, each) : number;
    })
    .sort((a, b) => a - b);
}

/** Below `top` (-1: the machine), are exactly these leaves active, and the states around them? */
function checkTogether(machine: Checked, top: number, leaves: readonly number[]): void {
  const { states } = machine;
  const active = new Set<number>();
  for (const [index, leaf] of leaves.entries()) {
    const name = nameOf(machine, leaf);
    checkNamed(machine, leaf, leaves[index - 1]);
    if (childrenOf(machine, leaf).length > 0)
      refuse(machine, `'${name}' has states below it, and none of them is named`);
    let state = leaf;
    for (; state !== -1 && state !== top; state = states[state]?.[1] ?? -1) active.add(state);
    if (state !== top) refuse(machine, `'${name}' does not lie in '${nameOf(machine, top)}'`);
  }
  for (const state of [top, ...active]) checkBelow(machine, state, active);
}

/** May this state be named, after the one before it in document order? */
function checkNamed(machine: Checked, state: number, before: number | undefined): void {
  const name = nameOf(machine, state);
  if (isHistory(machine.states[state]?.[3])) refuse(machine, `'${name}' is a history state, which is never active`);
  if (state === before) refuse(machine, `'${name}' is named twice`);
}

/** Is one state right below this one active, or all of them when it is parallel? */
function checkBelow(machine: Checked, state: number, active: ReadonlySet<number>): void {
  const children = childrenOf(machine, state);
  if (children.length === 0) return;
  const found = children.filter((child) => active.has(child));
  const where = state === -1 ? '' : ` of '${nameOf(machine, state)}'`;
  if (machine.states[state]?.[3] === 'parallel') {
    const missing = children.find((child) => !active.has(child));
    if (missing !== undefined)
      refuse(machine, `no state is named for the region '${nameOf(machine, missing)}'${where}`);
    return;
  }
  if (found.length === 1) return;
  const names = found.map((child) => `'${nameOf(machine, child)}'`).join(' and ');
  refuse(machine, found.length === 0 ? `no state${where} is named` : `${names}${where} cannot be active together`);
}

/** What a shallow history keeps lies right below the state around it; what a deep one keeps are leaves. */
function checkRemembered(machine: Checked, history: number, kept: readonly number[]): void {
  const { states } = machine;
  const [, around = -1, , depth] = states[history] ?? [];
  if (depth === 'deep') {
    checkTogether(machine, around, kept);
    return;
  }
  for (const [index, state] of kept.entries()) {
    checkNamed(machine, state, kept[index - 1]);
    if (states[state]?.[1] !== around)
      refuse(machine, `'${nameOf(machine, state)}' does not lie right below '${nameOf(machine, around)}'`);
  }
  checkBelow(machine, around, new Set(kept));
}

const isHistory = (type: StateRow[3]): boolean => type === 'shallow' || type === 'deep';

function childrenOf({ states }: Checked, state: number): readonly number[] {
  return states.flatMap(([, parent, , type], number) => (parent === state && !isHistory(type) ? [number] : []));
}

const nameOf = ({ states, name }: Checked, state: number): string => states[state]?.[0] ?? name;

function refuse({ name }: Checked, problem: string): never {
  throw new MillraceError(`A snapshot does not fit machine '${name}': ${problem}.`, {
    code: 'MR3374',
    retryable: false,
    fault: 'input',
    details: { machine: name, problem },
  });
}
