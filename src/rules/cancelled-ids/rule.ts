import { visitSends } from '../kit/sends.ts';
import { unknownName } from '../kit/words.ts';
import type { Rule } from '../rule.ts';

/** A `cancel` takes back something that the machine sends. */
export const cancelledIds: Rule = {
  code: 'MR1332',
  name: 'cancelled-ids',
  severity: 'warning',
  check(model, report) {
    for (const machine of Object.values(model.machines)) {
      const sent = new Set<string>();
      let computed = false;
      visitSends(machine, (action) => {
        if (action.kind !== 'send') return;
        if (typeof action.id === 'string') sent.add(action.id);
        computed ||= typeof action.id === 'object';
      });
      // What is computed may give any id.
      if (computed) continue;
      visitSends(machine, (action, state, path) => {
        if (action.kind !== 'cancel' || typeof action.id !== 'string' || sent.has(action.id)) return;
        // That of a timer is a mistake of another kind.
        if (action.id === '' || action.id.startsWith('after.')) return;
        report({
          message: `State '${state.name}' of machine '${machine.name}' cancels '${action.id}', but nothing is sent under this id.`,
          ...unknownName(action.id, [...sent], 'id'),
          path,
          location: action.location,
        });
      });
    }
  },
};
