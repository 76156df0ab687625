import { toolsOf } from '../../model/model-task.ts';
import { findCycle } from '../kit/cycle.ts';
import type { Rule } from '../rule.ts';

/** A model is no tool of itself, not by way of others either. */
export const toolRecursion: Rule = {
  code: 'MR1245',
  name: 'tool-recursion',
  severity: 'error',
  check(model, report) {
    const tools = new Map(
      Object.values(model.tasks).map((task) => [task.name, toolsOf(model, task).map((tool) => tool.task)]),
    );
    const reported = new Set<string>();
    for (const { name, location } of Object.values(model.tasks)) {
      const cycle = findCycle(name, (task) => tools.get(task) ?? []);
      if (cycle === undefined || cycle.some((task) => reported.has(task))) continue;
      for (const task of cycle) reported.add(task);
      report({
        message: `Task '${name}' is a tool of itself: ${cycle.map((task) => `'${task}'`).join(' → ')}.`,
        hint: 'Each model could call the next without an end, and each call is paid. Take one of the tools away.',
        path: `tasks.${name}.model.tools`,
        location,
        context: { ids: cycle.slice(0, -1) },
      });
    }
  },
};
