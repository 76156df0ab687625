import type { Rule } from '../rule.ts';

/** An undo runs when something after its step fails, times out or is cancelled: behind the last step nothing can. */
export const uselessUndo: Rule = {
  code: 'MR1208',
  name: 'useless-undo',
  severity: 'warning',
  check(model, report) {
    for (const flow of Object.values(model.flows)) {
      const last = flow.body.steps.at(-1);
      if (last?.kind !== 'step' || last.undo === undefined) continue;
      // What a body gives is checked against the output of the flow, and the time may be up just then.
      if (flow.output !== undefined || flow.timeout !== undefined) continue;
      report({
        message: `The undo of step '${last.id}' of flow '${flow.name}' is of no use: nothing comes after it that could fail.`,
        hint: 'Only a cancel in the moment in which the step ends would run it. Move it to the step whose work must be taken back, or leave it out.',
        path: `flows.${flow.name}.body.${last.id}.~undo`,
        location: last.undo.location,
        context: { ids: [last.id] },
      });
    }
  },
};
