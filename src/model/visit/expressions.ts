import type { ExpressionNode, SchemaNode } from '../nodes/expression.ts';
import type { CallNode, FlowNode } from '../nodes/flow.ts';
import type { MachineNode, StateNode } from '../nodes/machine.ts';
import type { SystemModel } from '../nodes/system.ts';
import type { TaskNode } from '../nodes/task.ts';
import { actionParts } from './actions.ts';
import { transitionGroups, visitActions, visitStates } from './states.ts';
import { stepParts } from './step-parts.ts';
import { visitSteps } from './steps.ts';

/** Where a piece of code or a call stands. */
export interface CodeSite {
  /** Such as `flows.fulfilOrder.body.prepared/stock/held/line.call`. */
  readonly path: string;
  /** The definition it belongs to. */
  readonly kind: 'event' | 'task' | 'flow' | 'machine';
  readonly name: string;
  /** The path of the step, in a flow. */
  readonly step?: string;
  /** The name of the state, in a machine. */
  readonly state?: string;
}
export type VisitCode = (node: ExpressionNode | SchemaNode, site: CodeSite) => void;
export type VisitCall = (call: CallNode, site: CodeSite) => void;

type Definitions = {
  readonly [
    K in keyof SystemModel as SystemModel[K] extends Readonly<Record<string, { readonly kind: string }>> ? K : never
  ]: SystemModel[K];
};
type Kind = keyof Definitions;
type Readers = { readonly [K in Kind]: (node: Definitions[K][string], code: VisitCode, call: VisitCall) => void };

/** From every kind of definition to the code in it: a new kind does not compile until it is handled here. */
const readers: Readers = {
  contexts: () => {},
  events: ({ name, payload }, code) => code(payload, { path: `events.${name}.payload`, kind: 'event', name }),
  tasks: readTask,
  agents: () => {},
  resources: () => {},
  flows: readFlow,
  machines: readMachine,
  locals: () => {},
  imports: () => {},
};

/**
 * Calls back for every expression and schema of a system, in order. The lambda of a call counts as an expression.
 *
 * @example
 * ```ts
 * import { visitExpressions, type SystemModel } from 'millrace/model';
 *
 * const count = (model: SystemModel) => {
 *   let lambdas = 0;
 *   visitExpressions(model, (node) => (lambdas += node.kind === 'expression' ? 1 : 0));
 *   return lambdas;
 * };
 * ```
 */
export function visitExpressions(model: SystemModel, visit: VisitCode): void {
  visitAll(model, visit, (call, site) => visit(call.lambda, site));
}

/** Calls back for every call of a task, flow, event or machine that a system makes. */
export function visitCalls(model: SystemModel, visit: VisitCall): void {
  visitAll(model, () => {}, visit);
}

function visitAll(model: SystemModel, code: VisitCode, call: VisitCall): void {
  for (const [kind, read] of Object.entries(readers)) {
    for (const node of Object.values(model[kind as Kind])) read(node as never, code, call);
  }
}

function readTask(task: TaskNode, code: VisitCode): void {
  const at = (key: string): CodeSite => ({ path: `tasks.${task.name}.${key}`, kind: 'task', name: task.name });
  code(task.input, at('input'));
  code(task.output, at('output'));
  for (const [index, { options }] of (task.evidence ?? []).entries()) {
    for (const [key, value] of Object.entries(options)) {
      if (isExpression(value)) code(value, at(`evidence.${index}.${key}`));
    }
  }
  if (typeof task.model?.prompt === 'object') code(task.model.prompt, at('model.prompt'));
}

function isExpression(value: unknown): value is ExpressionNode {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'expression';
}

function readFlow(flow: FlowNode, code: VisitCode, call: VisitCall): void {
  const at = (key: string): CodeSite => ({ path: `flows.${flow.name}.${key}`, kind: 'flow', name: flow.name });
  code(flow.input, at('input'));
  if (flow.output !== undefined) code(flow.output, at('output'));
  if (flow.onFailure !== undefined) call(flow.onFailure, at('onFailure'));
  visitSteps(flow, (step, place) => {
    const parts = stepParts(step);
    const inStep = (key: string): CodeSite => ({ ...at(`body.${place.path}.${key}`), step: place.path });
    for (const part of parts.calls ?? []) call(part.call, inStep(part.key));
    for (const part of parts.code ?? []) code(part.node, inStep(part.key));
  });
}

function readMachine(machine: MachineNode, code: VisitCode, call: VisitCall): void {
  const at = (key: string): CodeSite => ({
    path: `machines.${machine.name}.${key}`,
    kind: 'machine',
    name: machine.name,
  });
  code(machine.context, at('context'));
  visitStates(machine, (state, place) => {
    readState(state, (key) => ({ ...at(`states.${place.path}.${key}`), state: state.name }), code, call);
  });
}

function readState(state: StateNode, at: (key: string) => CodeSite, code: VisitCode, call: VisitCall): void {
  if (state.context !== undefined) code(state.context, at('context'));
  for (const [index, { delay }] of state.after.entries()) {
    if (typeof delay === 'object') code(delay, at(`after.${index}.delay`));
  }
  for (const run of state.run) if (run.input !== undefined) code(run.input, at(`run.${run.id}.input`));
  for (const group of transitionGroups(state)) {
    for (const [index, { guard }] of group.transitions.entries()) {
      if (guard !== undefined) code(guard, at(`${group.path}.${index}.guard`));
    }
  }
  visitActions(state, (action, key) => {
    const parts = actionParts(action);
    for (const inner of parts.calls ?? []) call(inner, at(`${key}.call`));
    for (const part of parts.code ?? []) code(part.node, at(`${key}.${part.key}`));
  });
  if (state.output !== undefined) code(state.output, at('output'));
}
