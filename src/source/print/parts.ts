import type { MachineNode, StateNode } from '../../model/index.ts';
import { transitionGroups, visitStates } from '../../model/visit/index.ts';

/** How many levels of states the types follow; deeper ones are written apart, with `part`. */
const levels = 4;

/** The states whose insides are written apart, the innermost first. */
export function statesApart({ states }: MachineNode): readonly StateNode[] {
  const apart: StateNode[] = [];
  for (const state of states) plan(state, 1, apart);
  return apart;
}

/** Finds the cuts below a state at a level. False: there is a way down that is too long and cannot be cut. */
function plan(state: StateNode, level: number, apart: StateNode[]): boolean {
  if (level + heightOf(state) <= levels) return true;
  const before = apart.length;
  if (level < levels && state.states.every((child) => plan(child, level + 1, apart))) return true;
  apart.length = before;
  if (!isCuttable(state)) return false;
  const fits = state.states.every((child) => plan(child, 1, apart));
  apart.push(state);
  return fits;
}

/** `part` gives a state its states and the child to start in, and nothing else. */
function isCuttable({ type, initial, states }: StateNode): boolean {
  const [first, second] = initial ?? [];
  return type === 'compound' && second === undefined && states.some(({ name }) => name === first);
}

function heightOf({ states }: StateNode): number {
  return states.length === 0 ? 0 : 1 + Math.max(...states.map(heightOf));
}

/** The states outside that what is inside goes to, or asks for. */
export function exitsOf(machine: MachineNode, state: StateNode): readonly string[] {
  const inside = new Set<string>();
  const exits = new Set<string>();
  const walk = (inner: StateNode): void => {
    inside.add(inner.name);
    inner.states.forEach(walk);
  };
  state.states.forEach(walk);
  const texts: string[] = [];
  const look = (inner: StateNode): void => {
    for (const { transitions } of transitionGroups(inner))
      for (const { targets } of transitions) for (const target of targets) exits.add(target);
    texts.push(JSON.stringify({ ...inner, states: [] }));
    inner.states.forEach(look);
  };
  state.states.forEach(look);
  // `isIn('open')`
  visitStates(machine, ({ name }) => {
    const quoted = [`'${name}'`, JSON.stringify(JSON.stringify(name)).slice(1, -1), `\`${name}\``];
    if (texts.some((text) => text.includes('in') && quoted.some((each) => text.includes(each)))) exits.add(name);
  });
  return [...exits].filter((name) => !inside.has(name));
}
