import { visitSends } from '../kit/sends.ts';
import type { Rule } from '../rule.ts';

/** The ids of sends are not empty, and leave those of the machine's own timers alone. */
export const sendIds: Rule = {
  code: 'MR1333',
  name: 'send-ids',
  severity: 'error',
  check(model, report) {
    for (const machine of Object.values(model.machines)) {
      visitSends(machine, (action, state, path) => {
        const { id, kind, location } = action;
        if (typeof id !== 'string' || (id !== '' && !id.startsWith('after.'))) return;
        const what = kind === 'send' ? 'sends something under' : 'cancels';
        report({
          message: `State '${state.name}' of machine '${machine.name}' ${what} the id '${id}', ${id === '' ? 'which is empty' : "but ids that begin with 'after.' are those of timers"}.`,
          hint:
            id === ''
              ? 'Give it a name.'
              : 'A timer of `after` is taken back by leaving its state. Choose another name for a send.',
          path,
          location,
          context: { actual: id, ids: [id] },
        });
      });
    }
  },
};
