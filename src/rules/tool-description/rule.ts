import { toolsOf } from '../../model/model-task.ts';
import type { Rule } from '../rule.ts';

/** What a model may call says what it does: a name alone is little to go by. */
export const toolDescription: Rule = {
  code: 'MR1246',
  name: 'tool-description',
  severity: 'warning',
  check(model, report) {
    const tools = new Map(
      Object.values(model.tasks).flatMap((task) => toolsOf(model, task).map((tool) => [tool.task, task.name] as const)),
    );
    for (const { name, description, location } of Object.values(model.tasks)) {
      const user = tools.get(name);
      if (user === undefined || description !== undefined) continue;
      report({
        message: `Task '${name}' is a tool of the model that performs '${user}', and nothing says what it does.`,
        hint: 'Write a doc comment above it, or `description`: the model reads it. `.describe(…)` does so for members of the input.',
        path: `tasks.${name}`,
        location,
        context: { ids: [name] },
      });
    }
  },
};
