import { draftInstances } from './draft-instances.ts';
import { draftEvents, draftRuns, draftTasks } from './draft-runs.ts';
import type { Drafting } from './drafting.ts';
import type { Member } from './members.ts';

/** The members of the step, as far as they are clear, with a question for each decision that is not. */
export function draft(drafting: Drafting): readonly Member[] {
  return [
    ...part('instances', draftInstances(drafting)),
    ...part('runs', draftRuns(drafting)),
    ...part('events', draftEvents(drafting)),
    ...part('tasks', draftTasks(drafting)),
  ];
}

const part = (key: string, value: readonly Member[]): readonly Member[] => (value.length === 0 ? [] : [{ key, value }]);
