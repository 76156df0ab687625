import { parseTarget } from '../../core/index.ts';
import { receivers, visitSends } from '../kit/sends.ts';
import { list } from '../kit/words.ts';
import type { Rule } from '../rule.ts';

/** A machine is sent only what it lists among its events: anything else comes back as `error.communication`. */
export const sendEvents: Rule = {
  code: 'MR1331',
  name: 'send-events',
  severity: 'error',
  check(model, report) {
    for (const machine of Object.values(model.machines)) {
      visitSends(machine, (action, state, path) => {
        if (action.kind !== 'send') return;
        const { call, target, location } = action;
        const event = call.target.name;
        if (typeof target === 'object') return;
        const receiver = target === undefined ? undefined : parseTarget(target);
        if (target !== undefined && receiver === undefined) return;
        const all = receiver === undefined ? [machine] : receivers(model, machine, receiver);
        // Who runs a machine may differ from instance to instance: one that listens is enough.
        if (all.length === 0 || all.some(({ events }) => events.some(({ name }) => name === event))) return;
        const to = receiver === undefined ? 'itself' : list(all.map(({ name }) => name));
        report({
          message: `State '${state.name}' of machine '${machine.name}' sends '${event}' to ${to}, ${all.length > 1 ? 'none of which lists it among its events' : 'which does not list it among its events'}.`,
          hint: `Add it to the events of ${receiver === undefined ? 'the machine' : to}. To tell anybody, use emit.`,
          path,
          location,
          context: { actual: event, ids: [event, ...all.map(({ name }) => name)] },
        });
      });
    }
  },
};
