import { visitSteps } from '../../model/visit/index.ts';
import type { Rule } from '../rule.ts';

/** A wait compares each field once. */
export const duplicateMatch: Rule = {
  code: 'MR1210',
  name: 'duplicate-match',
  severity: 'error',
  check(model, report) {
    for (const flow of Object.values(model.flows)) {
      visitSteps(flow, (step, { path }) => {
        if (step.kind !== 'waitFor') return;
        for (const [index, { field, value }] of step.match.entries()) {
          if (step.match.findIndex((other) => other.field === field) === index) continue;
          report({
            message: `Step '${path}' of flow '${flow.name}' matches the field '${field}' twice.`,
            hint: 'A field can equal one value only: leave one of them out.',
            path: `flows.${flow.name}.body.${path}.match.${field}`,
            location: value.location,
            context: { actual: field, ids: [field] },
          });
        }
      });
    }
  },
};
