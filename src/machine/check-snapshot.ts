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
    const row = states.find(([each, , , type]) => each === name && isHistory(type));
    if (row === undefined) unknownState(machine.name, name);
    checkTogether(machine, row[1], numbersOf(machine, kept), row[3] === 'shallow');
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

/**
 * Below `top` (-1: the machine), are exactly these leaves active, and the states around them? A shallow history keeps what
 * lies right below instead.
 */
function checkTogether(machine: Checked, top: number, leaves: readonly number[], shallow = false): void {
  const { states } = machine;
  const active = new Set<number>();
  for (const [index, leaf] of leaves.entries()) {
    const name = nameOf(machine, leaf);
    if (isHistory(states[leaf]?.[3])) refuse(machine, `'${name}' is a history state, which is never active`);
    if (leaf === leaves[index - 1]) refuse(machine, `'${name}' is named twice`);
    if (!shallow && childrenOf(machine, leaf).length > 0)
      refuse(machine, `'${name}' has states below it, and none of them is named`);
    active.add(leaf);
    let state = states[leaf]?.[1] ?? -1;
    const isRightBelow = state === top;
    for (; state !== -1 && state !== top; state = states[state]?.[1] ?? -1) active.add(state);
    if (shallow ? !isRightBelow : state !== top)
      refuse(machine, `'${name}' does not lie ${shallow ? 'right below' : 'in'} '${nameOf(machine, top)}'`);
  }
  for (const state of shallow ? [top] : [top, ...active]) checkBelow(machine, state, active);
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
