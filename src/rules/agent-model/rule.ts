import type { Rule } from '../rule.ts';

/** An agent has a model or a role, and not a role that is never looked at. */
export const agentModel: Rule = {
  code: 'MR1243',
  name: 'agent-model',
  severity: 'warning',
  check(model, report) {
    for (const { name, role, model: named, location } of Object.values(model.agents)) {
      if (role === undefined || named === undefined) continue;
      report({
        message: `Agent '${name}' has the model '${named}' and the role '${role}': the role is never looked at.`,
        hint: 'Leave `model` out to let the role decide, or `role` to have this model always.',
        path: `agents.${name}.role`,
        location,
        context: { ids: [name] },
      });
    }
  },
};
