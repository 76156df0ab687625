import { visitSteps } from '../../model/visit/index.ts';
import type { Rule } from '../rule.ts';

/** A branch has cases, and one on a boolean has both. Whether all words of another have one, its types tell. */
export const branchCases: Rule = {
  code: 'MR1219',
  name: 'branch-cases',
  severity: 'error',
  check(model, report) {
    for (const flow of Object.values(model.flows)) {
      visitSteps(flow, (step, { path }) => {
        if (step.kind !== 'branch') return;
        const names = step.cases.map(({ name }) => name);
        const missing = ['true', 'false'].filter((name) => !names.includes(name));
        const isBoolean = missing.length === 1 && names.length === 1;
        if (names.length > 0 && !isBoolean) return;
        report({
          message: `Branch '${path}' of flow '${flow.name}' has ${isBoolean ? `no case '${missing[0]}'` : 'no cases'}.`,
          hint: isBoolean
            ? `Add \`${missing[0]}: (f) => …\`; where nothing is to be done, \`(f) => f.returns(() => undefined)\`.`
            : 'Give it a body for each value that `on` can have.',
          path: `flows.${flow.name}.body.${path}`,
          location: step.location,
          context: { ids: [step.id] },
        });
      });
    }
  },
};
