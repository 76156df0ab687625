import type { ExpressionNode, SchemaNode } from '../nodes/expression.ts';
import type { CallNode, FlowNode } from '../nodes/flow.ts';
import type { MachineNode, StateNode } from '../nodes/machine.ts';
import type { SystemModel } from '../nodes/system.ts';
import type { TaskNode } from '../nodes/task.ts';
import { actionParts } from './actions.ts';
import { transitionGroups, visitActions, visitStates } from './states.ts';
import { stepParts } from './step-parts.ts';
import { visitSteps } from './steps.ts';

/** A piece of code in a model, and its path such as `flows.fulfilOrder.body.prepared/stock/held/line.call`. */
export type VisitCode = (node: ExpressionNode | SchemaNode, path: string) => void;
type VisitCall = (call: CallNode, path: string) => void;

type Definitions = { readonly [K in keyof SystemModel as SystemModel[K] extends Readonly<Record<string, { readonly kind: string }>> ? K : never]: SystemModel[K] };
type Kind = keyof Definitions;
type Readers = { readonly [K in Kind]: (node: Definitions[K][string], path: string, code: VisitCode, call: VisitCall) => void };

/** From every kind of definition to the code in it: a new kind does not compile until it is handled here. */
const readers: Readers = {
  contexts: () => {},
  events: (event, path, code) => code(event.payload, `${path}.payload`),
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
  visitAll(model, visit, (call, path) => visit(call.lambda, path));
}

/** Calls back for every call of a task, flow, event or machine that a system makes. */
export function visitCalls(model: SystemModel, visit: VisitCall): void {
  visitAll(model, () => {}, visit);
}

function visitAll(model: SystemModel, code: VisitCode, call: VisitCall): void {
  const read = <K extends Kind>(kind: K): void => {
    for (const [name, node] of Object.entries(model[kind])) readers[kind](node as Definitions[K][string], `${kind}.${name}`, code, call);
  };
  for (const kind of Object.keys(readers) as Kind[]) read(kind);
}

function readTask(task: TaskNode, path: string, code: VisitCode): void {
  code(task.input, `${path}.input`);
  code(task.output, `${path}.output`);
  for (const [index, { options }] of (task.evidence ?? []).entries()) {
    for (const [key, value] of Object.entries(options)) {
      if (isExpression(value)) code(value, `${path}.evidence.${index}.${key}`);
    }
  }
  if (typeof task.model?.prompt === 'object') code(task.model.prompt, `${path}.model.prompt`);
}

function isExpression(value: unknown): value is ExpressionNode {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'expression';
}

function readFlow(flow: FlowNode, path: string, code: VisitCode, call: VisitCall): void {
  code(flow.input, `${path}.input`);
  if (flow.output !== undefined) code(flow.output, `${path}.output`);
  if (flow.onFailure !== undefined) call(flow.onFailure, `${path}.onFailure`);
  visitSteps(flow, (step, place) => {
    const parts = stepParts(step);
    const at = `${path}.body.${place.path}`;
    for (const part of parts.calls ?? []) call(part.call, `${at}.${part.key}`);
    for (const part of parts.code ?? []) code(part.node, `${at}.${part.key}`);
  });
}

function readMachine(machine: MachineNode, path: string, code: VisitCode, call: VisitCall): void {
  code(machine.context, `${path}.context`);
  visitStates(machine, (state, place) => readState(state, `${path}.states.${place.path}`, code, call));
}

function readState(state: StateNode, path: string, code: VisitCode, call: VisitCall): void {
  if (state.context !== undefined) code(state.context, `${path}.context`);
  for (const [index, { delay }] of state.after.entries()) {
    if (typeof delay === 'object') code(delay, `${path}.after.${index}.delay`);
  }
  for (const run of state.run) if (run.input !== undefined) code(run.input, `${path}.run.${run.id}.input`);
  for (const group of transitionGroups(state)) {
    for (const [index, { guard }] of group.transitions.entries()) {
      if (guard !== undefined) code(guard, `${path}.${group.path}.${index}.guard`);
    }
  }
  visitActions(state, (action, at) => {
    const parts = actionParts(action);
    for (const inner of parts.calls ?? []) call(inner, `${path}.${at}.call`);
    for (const part of parts.code ?? []) code(part.node, `${path}.${at}.${part.key}`);
  });
  if (state.output !== undefined) code(state.output, `${path}.output`);
}
