import { kebabCase } from '../../core/index.ts';
import type { Rule } from '../rule.ts';

/** Every task that no model performs has an implementation. Says nothing when it is not known which there are. */
export const unimplemented: Rule = {
  code: 'MR1501',
  name: 'unimplemented',
  severity: 'warning',
  check(model, report, { implemented }) {
    if (implemented === undefined) return;
    for (const { name, model: performer, location } of Object.values(model.tasks)) {
      if (performer !== undefined || implemented(name)) continue;
      report({
        message: `Task '${name}' has no implementation.`,
        hint: `Write tasks/${kebabCase(name)}.ts: export default implement(${name}, async (input, ctx) => ...).`,
        path: `tasks.${name}`,
        location,
        context: { ids: [name] },
      });
    }
  },
};
