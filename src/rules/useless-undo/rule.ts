import type { Rule } from '../rule.ts';

/** An undo runs when something after its step fails: behind the last step of a flow nothing can. */
export const uselessUndo: Rule = {
  code: 'MR1208',
  name: 'useless-undo',
  severity: 'warning',
  check(model, report) {
    for (const flow of Object.values(model.flows)) {
      const last = flow.body.steps.at(-1);
      // What a body gives is checked against the output of the flow, and that may fail.
      if (last?.kind !== 'step' || last.undo === undefined || flow.output !== undefined) continue;
      report({
        message: `The undo of step '${last.id}' of flow '${flow.name}' never runs: nothing comes after it that could fail.`,
        hint: 'Move it to the step whose work must be taken back, or leave it out.',
        path: `flows.${flow.name}.body.${last.id}.~undo`,
        location: last.undo.location,
        context: { ids: [last.id] },
      });
    }
  },
};
