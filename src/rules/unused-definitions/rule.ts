import { definitionMaps } from '../../model/nodes/definition-maps.ts';
import { visitReferences } from '../references/visit.ts';
import type { Rule } from '../rule.ts';

/** Every task, agent and resource is used by something: flows and machines are where work begins, these are not. */
export const unusedDefinitions: Rule = {
  code: 'MR1221',
  name: 'unused-definitions',
  severity: 'warning',
  check(model, report, { partial }) {
    if (partial === true) return;
    const used = new Set<string>();
    visitReferences(model, ({ name }) => void used.add(name));
    for (const kind of ['task', 'agent', 'resource'] as const) {
      for (const { name, location } of Object.values(model[definitionMaps[kind]])) {
        if (used.has(name)) continue;
        report({
          message: `Nothing in the system uses ${kind} '${name}'.`,
          hint: hints[kind],
          path: `${definitionMaps[kind]}.${name}`,
          location,
          context: { ids: [name] },
        });
      }
    }
  },
};

const hints = {
  task: 'Call it in a step or run it in a state, or take it away.',
  agent: 'Name it in `model` of a task, or take it away.',
  resource: 'Name it in `needs` or `evidence` of a task, or take it away.',
} as const;
