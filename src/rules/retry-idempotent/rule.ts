import type { CallNode, FlowNode, RetryPolicy, SystemModel, TaskNode } from '../../model/index.ts';
import { visitSteps } from '../../model/visit/index.ts';
import type { Finding, Rule } from '../rule.ts';

const hint = 'Use ctx.idempotencyKey in its implementation, then mark the task: idempotent: true.';

/** A task that is tried again, or undoes something, may do its work twice: it should say that this does no harm. */
export const retryIdempotent: Rule = {
  code: 'MR1212',
  name: 'retry-idempotent',
  severity: 'info',
  check(model, report) {
    for (const task of Object.values(model.tasks)) {
      if (!isDoubtful(task, task.retry)) continue;
      report({
        message: `Task '${task.name}' is tried up to ${task.retry?.attempts} times but is not marked idempotent.`,
        hint,
        path: `tasks.${task.name}.retry`,
        location: task.location,
        context: { ids: [task.name] },
      });
    }
    for (const flow of Object.values(model.flows)) checkFlow(model, flow, report);
  },
};

function checkFlow(model: SystemModel, flow: FlowNode, report: (finding: Finding) => void): void {
  visitSteps(flow, (step, { path }) => {
    if (step.kind !== 'step') return;
    const whose = `'${path}' of flow '${flow.name}'`;
    const say = (task: TaskNode, message: string, key: string, { location }: Pick<Finding, 'location'>): void =>
      report({
        message,
        hint,
        path: `flows.${flow.name}.body.${path}.${key}`,
        location,
        context: { ids: [task.name] },
      });
    // What a task says about itself is reported above, once.
    const called = taskOf(model, step.call);
    if (called !== undefined && isDoubtful(called, step.retry) && !isDoubtful(called, called.retry)) {
      const times = `up to ${step.retry?.attempts} times`;
      say(
        called,
        `Step ${whose} tries task '${called.name}' ${times}, but it is not marked idempotent.`,
        'retry',
        step,
      );
    }
    const undone = step.undo === undefined ? undefined : taskOf(model, step.undo);
    if (
      step.undo !== undefined &&
      undone !== undefined &&
      undone.idempotent !== true &&
      undone.model === undefined &&
      !isDoubtful(undone, undone.retry)
    ) {
      say(
        undone,
        `The undo of step ${whose} is task '${undone.name}', which is not marked idempotent.`,
        '~undo',
        step.undo,
      );
    }
  });
}

function taskOf(model: SystemModel, { target }: CallNode): TaskNode | undefined {
  return target.kind === 'task' && Object.hasOwn(model.tasks, target.name) ? model.tasks[target.name] : undefined;
}

function isDoubtful(task: TaskNode, retry: RetryPolicy | undefined): boolean {
  // What a model has answered and what its tools gave is kept: another attempt goes on from there.
  return task.idempotent !== true && task.model === undefined && (retry?.attempts ?? 1) > 1;
}
