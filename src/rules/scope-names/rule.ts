import type { BodyNode, ExpressionNode, FlowNode, StepNode } from '../../model/index.ts';
import { stepParts, visitExpressions, visitSteps } from '../../model/visit/index.ts';
import { list, unknownName } from '../kit/words.ts';
import type { Finding, Rule } from '../rule.ts';
import { readsOf } from './reads.ts';

type Report = (finding: Finding) => void;

/** A lambda reads only what is in its scope: the input, the steps above it, and what its place adds. */
export const scopeNames: Rule = {
  code: 'MR1218',
  name: 'scope-names',
  severity: 'error',
  check(model, report) {
    for (const flow of Object.values(model.flows)) inFlow(flow, report);
    visitExpressions(model, (node, { kind, name, state, path }) => {
      if (node.kind !== 'expression') return;
      if (kind === 'task') judge(node, ofTask, `A lambda of task '${name}'`, path, report);
      if (kind === 'machine') judge(node, ofMachine, `State '${state ?? ''}' of machine '${name}'`, path, report);
    });
  },
};

const ofFlow = ['input', 'now', 'runId'];
const ofTask = ['input', 'output'];
// What else depends on what the lambda reacts to, which its types say more exactly.
const ofMachine = ['context', 'now', 'instanceId', 'in', 'event', 'output', 'error', 'item', 'index'];

function inFlow(flow: FlowNode, report: Report): void {
  const later = new Set<string>();
  visitSteps(flow, (step) => 'id' in step && later.add(step.id));
  const start = `flows.${flow.name}`;
  const failure = flow.onFailure?.lambda;
  if (failure !== undefined) {
    judge(failure, [...ofFlow, 'error'], `'onFailure' of flow '${flow.name}'`, `${start}.onFailure`, report);
  }
  const inBody = (body: BodyNode, above: readonly string[], prefix: string): void => {
    const known = [...above];
    for (const step of body.steps) {
      const path = `${prefix}${step.kind === 'returns' ? '~returns' : step.id}`;
      const place =
        step.kind === 'returns' ? `'returns' of flow '${flow.name}'` : `Step '${path}' of flow '${flow.name}'`;
      const look = (node: ExpressionNode, names: readonly string[], key: string): void =>
        judge(node, names, place, `${start}.body.${path}.${key}`, report, later);
      inStep(step, known, look);
      for (const { name, body: inner } of stepParts(step).bodies ?? []) {
        inBody(inner, [...known, ...added(step, name)], name === undefined ? `${path}/` : `${path}/${name}/`);
      }
      if (step.kind !== 'returns') known.push(step.id);
      if (step.kind === 'step' && step.undo !== undefined) look(step.undo.lambda, known, '~undo');
    }
  };
  inBody(flow.body, ofFlow, '');
}

function inStep(
  step: StepNode,
  known: readonly string[],
  look: (node: ExpressionNode, names: readonly string[], key: string) => void,
): void {
  const { calls = [], code = [] } = stepParts(step);
  // A node of a graph sees what it needs.
  const needs = (node: string): readonly string[] =>
    step.kind === 'graph' ? (step.nodes.find(({ name }) => name === node)?.needs ?? []) : [];
  for (const { key, call } of calls) if (key !== '~undo') look(call.lambda, [...known, ...needs(key)], key);
  const more = step.kind === 'repeat' ? ['value', 'index'] : [];
  for (const { key, node } of code) if (node.kind === 'expression') look(node, [...known, ...more], key);
}

/** What a step adds to the scope of its bodies. */
function added(step: StepNode, body: string | undefined): readonly string[] {
  if (step.kind === 'map') return ['item', 'index'];
  if (step.kind === 'repeat') return ['index'];
  return step.kind === 'attempt' && body === 'catch' ? ['error'] : [];
}

function judge(
  node: ExpressionNode,
  known: readonly string[],
  place: string,
  path: string,
  report: Report,
  later: ReadonlySet<string> = new Set(),
): void {
  for (const name of readsOf(node)) {
    if (known.includes(name)) continue;
    const isLater = later.has(name);
    const { hint, context } = unknownName(name, known, 'name');
    report({
      message: isLater
        ? `${place} reads '${name}', which is not known there: that step comes later, or is in another part.`
        : `${place} reads '${name}', which is not in its scope.`,
      hint: isLater ? `Known there: ${list([...known].sort())}.` : hint,
      path,
      location: node.location,
      context,
    });
  }
}
