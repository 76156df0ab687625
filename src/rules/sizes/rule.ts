import { chartOf } from '../kit/chart.ts';
import type { Rule } from '../rule.ts';

/** What groups or tells apart has something to group or tell apart: a context has members, a machine several states. */
export const sizes: Rule = {
  code: 'MR1222',
  name: 'sizes',
  severity: 'warning',
  check(model, report) {
    for (const { name, members, location } of Object.values(model.contexts)) {
      if (members.length > 0) continue;
      report({
        message: `Context '${name}' has no members.`,
        hint: 'List the definitions that belong to it, or take it away.',
        path: `contexts.${name}.members`,
        location,
        context: { ids: [name] },
      });
    }
    for (const machine of Object.values(model.machines)) {
      if (chartOf(machine).states.size > 1) continue;
      report({
        severity: 'info',
        message: `Machine '${machine.name}' has only one state.`,
        hint: 'A flow or a task may do: a machine is for what behaves differently in different states.',
        path: `machines.${machine.name}.states`,
        location: machine.location,
        context: { ids: [machine.name] },
      });
    }
  },
};
