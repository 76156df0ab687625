import type { Owner } from './grammar.ts';

/** A state with states in it is compound, one without is not: as if it had been written so. */
export function settleType(state: Owner | undefined): void {
  if (state === undefined || !Array.isArray(state['states'])) return;
  const { states, type } = state;
  if (type === 'atomic' && states.length > 0) state['type'] = 'compound';
  if (type === 'compound' && states.length === 0) {
    state['type'] = 'atomic';
    delete state['initial'];
  }
}

/** Finds a state of a machine, wherever it is nested. */
export function findState(machine: Owner, name: string): Owner | undefined {
  const look = (states: unknown): Owner | undefined => {
    if (!Array.isArray(states)) return undefined;
    for (const state of states as Owner[]) {
      const found = state['name'] === name ? state : look(state['states']);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return look(machine['states']);
}

/** The names of all states of a machine. */
export function stateNames(machine: Owner): readonly string[] {
  const look = (states: unknown): readonly string[] =>
    Array.isArray(states)
      ? (states as Owner[]).flatMap((state) => [String(state['name']), ...look(state['states'])])
      : [];
  return look(machine['states']);
}

/** The state whose list of states this is; nothing for the list of the machine itself. */
export function ownerOf(machine: Owner, list: unknown): Owner | undefined {
  const look = (states: unknown): Owner | undefined => {
    if (!Array.isArray(states)) return undefined;
    for (const state of states as Owner[]) {
      const found = state['states'] === list ? state : look(state['states']);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return look(machine['states']);
}
