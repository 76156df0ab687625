import { visitBodies } from '../../model/visit/index.ts';
import type { Rule } from '../rule.ts';

/** `returns` ends a body: a step below it never runs. */
export const afterReturns: Rule = {
  code: 'MR1213',
  name: 'after-returns',
  severity: 'error',
  check(model, report) {
    for (const flow of Object.values(model.flows)) {
      visitBodies(flow, ({ steps }, path) => {
        const end = steps.findIndex(({ kind }) => kind === 'returns');
        const next = end === -1 ? undefined : steps[end + 1];
        if (next === undefined) return;
        const what = next.kind === 'returns' ? 'a second `returns`' : `step '${next.id}'`;
        report({
          message: `Flow '${flow.name}' has ${what} after \`returns\`: it never runs.`,
          hint: 'Put `returns` last.',
          path: `flows.${flow.name}.body${path === '' ? '' : `.${path}`}`,
          location: next.location,
        });
      });
    }
  },
};
