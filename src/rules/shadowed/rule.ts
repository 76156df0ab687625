import type { StateNode, TransitionNode } from '../../model/index.ts';
import { normaliseText } from '../../model/text/normalise.ts';
import { transitionGroups, visitStates, type Trigger } from '../../model/visit/index.ts';
import { chartOf } from '../kit/chart.ts';
import type { Rule } from '../rule.ts';

/** Alternatives are tried in order: after one without a guard, or with the same guard, the others are never reached. */
export const shadowed: Rule = {
  code: 'MR1304',
  name: 'shadowed',
  severity: 'error',
  check(model, report) {
    for (const machine of Object.values(model.machines)) {
      visitStates(machine, (state) => {
        for (const { path, transition, by, trigger } of shadows(state)) {
          report({
            message: `State '${state.name}' of machine '${machine.name}' never takes this transition on ${describe(trigger)}: one ${by.guard === undefined ? 'without a' : 'with the same'} guard comes before it.`,
            hint:
              by.guard === undefined
                ? 'Give the earlier one a guard, or put it last.'
                : 'Whenever the guard holds, the earlier one is taken: give one of them another guard.',
            path: `${chartOf(machine).path(state)}.${path}`,
            location: transition.location,
            related: [
              {
                message: by.guard === undefined ? 'this one is always taken' : 'this one is taken instead',
                location: by.location,
              },
            ],
            context: { ids: [state.name] },
          });
        }
      });
    }
  },
};

function* shadows(state: StateNode) {
  const certain: { readonly trigger: Trigger; readonly by: TransitionNode }[] = [];
  for (const { path, trigger, transitions } of transitionGroups(state)) {
    // Each timer fires by itself.
    if (trigger.type === 'after') certain.length = 0;
    for (const [index, transition] of transitions.entries()) {
      const earlier = certain.find((other) => covers(other.trigger, trigger) && implies(transition, other.by));
      if (earlier !== undefined) yield { path: `${path}.${index}`, transition, trigger, by: earlier.by };
      else certain.push({ trigger, by: transition });
    }
  }
}

/** Does the guard of the earlier one hold whenever that of the later one does? Guards are pure. */
function implies({ guard: later }: TransitionNode, { guard: earlier }: TransitionNode): boolean {
  if (earlier === undefined) return true;
  return later !== undefined && normaliseText(later.text) === normaliseText(earlier.text);
}

/** Is every event that the second trigger hears also heard by the first? */
function covers(first: Trigger, second: Trigger): boolean {
  if (first.type !== second.type) return false;
  if (first.type === 'event' && second.type === 'event') {
    const prefix = first.event.replace(/\.?\*$/, '');
    if (first.event === second.event) return true;
    // The end of its own work is heard under its full name only.
    if (first.event === '*') return !/^(?:done|error)\.run\./.test(second.event);
    return first.event.endsWith('.*') && (second.event === prefix || second.event.startsWith(`${prefix}.`));
  }
  return !('run' in first && 'run' in second) || first.run === second.run;
}

function describe(trigger: Trigger): string {
  if (trigger.type === 'event') return `'${trigger.event}'`;
  return {
    always: '`always`',
    after: '`after`',
    done: '`onDone`',
    runDone: '`onDone` of its run',
    runError: '`onError` of its run',
  }[trigger.type];
}
