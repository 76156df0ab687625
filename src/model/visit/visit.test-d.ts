import type { ActionVisitor, StepVisitor } from './index.ts';

const handle = (): number => 1;
const steps = {
  step: handle,
  parallel: handle,
  branch: handle,
  map: handle,
  repeat: handle,
  graph: handle,
  race: handle,
  attempt: handle,
  waitFor: handle,
  approve: handle,
  sleep: handle,
  emit: handle,
};
const actions = { assign: handle, emit: handle, raise: handle, start: handle, send: handle, cancel: handle };

export const whole: StepVisitor<number> = { ...steps, returns: handle };
// @ts-expect-error A kind of step is missing: it must be handled before this compiles.
export const partial: StepVisitor<number> = steps;
// @ts-expect-error There is no such kind.
export const more: StepVisitor<number> = { ...steps, returns: handle, other: handle };

export const wholeActions: ActionVisitor<number> = { ...actions, forEach: handle, when: handle };
// @ts-expect-error A kind of action is missing.
export const partialActions: ActionVisitor<number> = actions;
