import { ancestors, inDocumentOrder, isAtomic, isDescendant, type State, type Transition } from './tree.ts';
import type { MachineEvent } from '../module.ts';
import type { Interpretation } from './interpretation.ts';
import { exitSet } from './sets.ts';

/** `selectTransitions(event)` of Appendix D; without an event, `selectEventlessTransitions()`. */
export function selectTransitions(machine: Interpretation, event?: MachineEvent): Transition[] {
  const enabled = new Set<Transition>();
  // Guards are pure: each is asked once, also when several regions inherit it.
  const answers = new Map<Transition, boolean>();
  const holds = (transition: Transition): boolean => {
    let answer = answers.get(transition);
    if (answer === undefined) answers.set(transition, (answer = machine.guard(transition, event?.payload)));
    return answer;
  };
  const pick = (state: State): Transition | undefined => {
    for (const source of [state, ...ancestors(state)]) {
      const candidates =
        event === undefined ? source.always : source.transitions.filter(({ hears }) => hears(event.name));
      for (const transition of candidates) if (holds(transition)) return transition;
    }
    return undefined;
  };
  for (const state of [...machine.configuration].filter(isAtomic).sort(inDocumentOrder)) {
    const transition = pick(state);
    if (transition !== undefined) enabled.add(transition);
  }
  return removeConflictingTransitions(machine, enabled);
}

/** Of two transitions that would leave the same state, the one of the descendant wins, otherwise the earlier one. */
function removeConflictingTransitions(machine: Interpretation, enabled: ReadonlySet<Transition>): Transition[] {
  const filtered = new Set<Transition>();
  for (const one of enabled) {
    let preempted = false;
    const removed: Transition[] = [];
    for (const other of filtered) {
      if (isDisjoint(exitSet(machine, [one]), exitSet(machine, [other]))) continue;
      if (isDescendant(one.source, other.source)) removed.push(other);
      else {
        preempted = true;
        break;
      }
    }
    if (preempted) continue;
    for (const other of removed) filtered.delete(other);
    filtered.add(one);
  }
  return [...filtered];
}

const isDisjoint = (a: ReadonlySet<State>, b: ReadonlySet<State>): boolean => [...a].every((state) => !b.has(state));
