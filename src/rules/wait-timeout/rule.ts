import { visitSteps } from '../../model/visit/index.ts';
import type { Rule } from '../rule.ts';

/** What waits for somebody says how long, or its flow does. */
export const waitTimeout: Rule = {
  code: 'MR1211',
  name: 'wait-timeout',
  severity: 'warning',
  check(model, report) {
    for (const flow of Object.values(model.flows)) {
      if (flow.timeout !== undefined) continue;
      visitSteps(flow, (step, { path, parents }) => {
        // In a race others put an end to it.
        if (parents.some(({ kind }) => kind === 'race')) return;
        if ((step.kind !== 'waitFor' && step.kind !== 'approve') || step.timeout !== undefined) return;
        const awaited = step.kind === 'waitFor' ? `the event '${step.event}'` : 'a decision';
        report({
          message: `Step '${path}' of flow '${flow.name}' waits for ${awaited} for ever.`,
          hint: "Give it a timeout: { timeout: '3d' }, and say what happens then: onTimeout: 'fail' or 'continue'.",
          path: `flows.${flow.name}.body.${path}`,
          location: step.location,
        });
      });
    }
  },
};
