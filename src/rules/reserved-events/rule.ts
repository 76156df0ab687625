import { isReservedEvent } from '../../core/index.ts';
import type { Rule } from '../rule.ts';

/** What a machine tells itself has names of its own. An event from outside under one of them would pass for it. */
export const reservedEvents: Rule = {
  code: 'MR1334',
  name: 'reserved-events',
  severity: 'error',
  check(model, report) {
    for (const machine of Object.values(model.machines)) {
      for (const { alias, name } of machine.events) {
        if (!isReservedEvent(alias)) continue;
        report({
          message: `Machine '${machine.name}' lists an event as '${alias}', a name by which machines tell themselves of timers, ends and errors.`,
          hint: `Give it another name there: \`events: { NAME: ${name === alias ? 'event' : name} }\`.`,
          path: `machines.${machine.name}.events.${alias}`,
          location: machine.location,
          context: { actual: alias, ids: [alias] },
        });
      }
    }
  },
};
