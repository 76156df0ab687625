import type { RetryPolicy, TaskNode } from '../../model/index.ts';
import { visitSteps } from '../../model/visit/index.ts';
import type { Rule } from '../rule.ts';

/** A task that is tried again may do its work twice, so it should say that this does no harm. */
export const retryIdempotent: Rule = {
  code: 'MR1212',
  name: 'retry-idempotent',
  severity: 'info',
  check(model, report) {
    const hint = 'Use ctx.idempotencyKey in its implementation, then mark the task: idempotent: true.';
    const doubtful = (task: TaskNode | undefined, retry: RetryPolicy | undefined): boolean =>
      task !== undefined && task.idempotent !== true && (retry?.attempts ?? 1) > 1;
    for (const task of Object.values(model.tasks)) {
      if (!doubtful(task, task.retry)) continue;
      report({
        message: `Task '${task.name}' is tried up to ${task.retry?.attempts} times but is not marked idempotent.`,
        hint,
        path: `tasks.${task.name}.retry`,
        location: task.location,
        context: { ids: [task.name] },
      });
    }
    for (const flow of Object.values(model.flows)) {
      visitSteps(flow, (step, { path }) => {
        if (step.kind !== 'step' || step.call.target.kind !== 'task') return;
        const { name } = step.call.target;
        const task = Object.hasOwn(model.tasks, name) ? model.tasks[name] : undefined;
        // What the task itself says is reported above, once.
        if (!doubtful(task, step.retry) || doubtful(task, task?.retry)) return;
        report({
          message: `Step '${path}' of flow '${flow.name}' tries task '${name}' up to ${step.retry?.attempts} times, but it is not marked idempotent.`,
          hint,
          path: `flows.${flow.name}.body.${path}.retry`,
          location: step.location,
          context: { ids: [name] },
        });
      });
    }
  },
};
