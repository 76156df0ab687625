import { visitSteps } from '../../model/visit/index.ts';
import type { Rule } from '../rule.ts';

/** A race has parts that run against each other: without any nobody can win it. */
export const raceParts: Rule = {
  code: 'MR1340',
  name: 'race-parts',
  severity: 'error',
  alsoWarns: true,
  check(model, report) {
    for (const flow of Object.values(model.flows)) {
      visitSteps(flow, (step, { path }) => {
        if (step.kind !== 'race' || step.bodies.length > 1) return;
        const [only] = step.bodies;
        report({
          ...(only === undefined ? {} : { severity: 'warning' as const }),
          message:
            only === undefined
              ? `Nobody can win the race '${path}' of flow '${flow.name}': it has no parts.`
              : `Only '${only.name}' takes part in the race '${path}' of flow '${flow.name}'.`,
          hint: 'Name what is to run against each other, such as the work and a `sleep` that limits it.',
          path: `flows.${flow.name}.body.${path}`,
          location: step.location,
          context: { ids: [step.id] },
        });
      });
    }
  },
};
