import type { Span } from '../../xstate/import/importing.ts';
import type { Configuring } from './configuring.ts';
import type { StepDraft } from './steps.ts';

/** What a workflow of the type `spec-default` must have. */
export interface WorkflowRoles {
  /** In their canonical order: steps of each depend on steps of the one before. */
  readonly required: readonly string[];
  /** What else there may be. Absent: any role. */
  readonly optional?: readonly string[];
}

/** Required roles in their order and dependency chain. */
export function checkRoles(
  to: Configuring,
  steps: readonly StepDraft[],
  roles: WorkflowRoles | undefined,
  type: Span,
): void {
  if (roles === undefined) {
    const hint = 'Give the required roles in their order, such as `--roles planner,coder,reviewer`.';
    to.report('MR1798', 'warning', type, "Which roles 'spec-default' requires is not known: none are asked for.", hint);
    return;
  }
  const { required, optional } = roles;
  const all = `The order is: ${required.join(', ')}.`;
  const wrong = (at: Span, message: string, hint = all): undefined => to.report('MR1798', 'error', at, message, hint);
  if (optional !== undefined) {
    const allowed = [...required, ...optional];
    for (const { id, role, at } of steps) {
      if (role === undefined) wrong(at, `Step '${id}' has no role.`, `Allowed are: ${allowed.join(', ')}.`);
      else if (!allowed.includes(role))
        wrong(at, `The role '${role}' of step '${id}' is not allowed.`, `Allowed are: ${allowed.join(', ')}.`);
    }
  }
  const reached = new Map(steps.map((step) => [step.id, reachedFrom(step, steps)]));
  let before: string | undefined;
  for (const role of required) {
    const own = steps.filter((step) => step.role === role);
    if (own.length === 0) {
      wrong(type, `No step has the role '${role}', which 'spec-default' requires.`);
      continue;
    }
    const earlier = steps.filter((step) => step.role === before);
    for (const { id, at } of before === undefined ? [] : own) {
      if (earlier.some((each) => reached.get(id)?.has(each.id))) continue;
      wrong(at, `Step '${id}' of the role '${role}' does not depend on a step of the role '${before}'.`);
    }
    before = role;
  }
}

/** Everything that a step depends on, directly or not. */
function reachedFrom(step: StepDraft, steps: readonly StepDraft[]): ReadonlySet<string> {
  const found = new Set<string>();
  const go = ({ needs }: StepDraft): void => {
    for (const { text } of needs) {
      const next = found.has(text) ? undefined : steps.find(({ id }) => id === text);
      found.add(text);
      if (next !== undefined) go(next);
    }
  };
  go(step);
  return found;
}
