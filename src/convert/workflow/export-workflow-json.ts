import { milliseconds } from '../../core/index.ts';
import {
  normaliseText,
  type Diagnostic,
  type FlowNode,
  type StepNode,
  type StepOf,
  type SystemModel,
  type TaskNode,
} from '../../model/index.ts';
import { compact, filled, Leaving, record, text } from './export/leaving.ts';
import { typesOfSchema } from './field-types.ts';
import { argumentOf } from './import/argument.ts';
import { dollarsIn } from './money.ts';

/** A flow as the configuration of a workflow. */
export interface ExportedWorkflowJson {
  /** The configuration, as JSON. */
  readonly text: string;
  /** What has no place there (MR1799). */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Writes a flow as the JSON that `importWorkflowJson` reads: the nodes of its graphs, and its steps one after another.
 * What has no place there is left out and said (MR1799).
 *
 * @example
 * ```ts
 * import { exportWorkflowJson, importWorkflowJson } from 'millrace/convert';
 *
 * const { model, flow } = importWorkflowJson('{ "name": "book", "steps": [{ "id": "write" }] }');
 * const node = model?.flows[flow ?? ''];
 * if (model !== undefined && node !== undefined) console.log(exportWorkflowJson(node, model).text);
 * ```
 */
export function exportWorkflowJson(flow: FlowNode, model: SystemModel): ExportedWorkflowJson {
  const to = new Leaving('a workflow in JSON');
  const what = `the flow '${flow.name}'`;
  to.rest(flow, what, ['description', 'metadata', 'input', 'timeout', 'body']);
  to.meta(flow, what, ['name', 'type']);
  if (normaliseText(flow.input.text) !== normaliseText('z.looseObject({})'))
    to.lost(flow.input.location, `The input of ${what}`);
  const { steps, concurrency } = stepsOf(to, flow, model);
  const models = modelsOf(to, model);
  const { run, ...others } = model.budget ?? {};
  const limit = run === undefined ? undefined : dollarsIn(run);
  for (const key of Object.keys(others)) to.lost(model.location, `'${key}' in the budget of the system`);
  if (run !== undefined && limit === undefined) to.lost(model.location, 'A budget that is not in USD');
  const policy = compact({
    timeout_ms: flow.timeout === undefined ? undefined : milliseconds(flow.timeout),
    max_parallelism: concurrency,
    budget_limit: limit === 0 ? undefined : limit,
  });
  const value = compact({
    name: text(flow.metadata?.['name']) ?? flow.name,
    version: model.version === '1.0.0' ? undefined : model.version,
    description: flow.description,
    type: text(flow.metadata?.['type']),
    steps,
    models: filled(models),
    policy: filled(policy),
  });
  return { text: `${JSON.stringify(value, null, 2)}\n`, diagnostics: to.diagnostics };
}

function stepsOf(
  to: Leaving,
  flow: FlowNode,
  model: SystemModel,
): { readonly steps: readonly object[]; readonly concurrency: number | undefined } {
  const steps: object[] = [];
  let concurrency: number | undefined;
  let before: readonly string[] = [];
  for (const step of flow.body.steps) {
    const { kind } = step;
    if (kind === 'graph') {
      to.rest(step, `the graph '${step.id}'`, ['id', 'nodes', 'concurrency']);
      const needed = new Set(step.nodes.flatMap(({ needs }) => needs));
      for (const node of step.nodes) steps.push(stepOf(to, model, node, node.needs.length === 0 ? before : node.needs));
      if (step.concurrency !== undefined) concurrency = Math.min(concurrency ?? step.concurrency, step.concurrency);
      const last = step.nodes.map(({ name }) => name).filter((name) => !needed.has(name));
      if (last.length > 0) before = last;
    } else if (kind === 'step') {
      to.rest(step, `the step '${step.id}'`, ['id', 'call']);
      steps.push(stepOf(to, model, { name: step.id, needs: before, call: step.call, location: step.location }, before));
      before = [step.id];
    } else to.lost(step.location, nameOf(step));
  }
  return { steps, concurrency };
}

function nameOf(step: StepNode): string {
  return 'id' in step ? `The ${step.kind} '${step.id}'` : `A '${step.kind}'`;
}

function stepOf(
  to: Leaving,
  model: SystemModel,
  { name, call, needs, location }: StepOf<'graph'>['nodes'][number],
  after: readonly string[],
): object {
  const task = call.target.kind === 'task' ? model.tasks[call.target.name] : undefined;
  if (call.target.kind !== 'task') to.lost(location, `The ${call.target.kind} '${call.target.name}' as a step`);
  const known = [argumentOf(needs, true), argumentOf(needs, false)].map((each) => normaliseText(each.argument));
  if (!known.includes(normaliseText(call.argument))) to.lost(location, `What the step '${name}' is given`);
  return compact({
    id: name,
    role: task === undefined ? undefined : roleOf(model, task),
    depends_on: filled(after),
    outputs: task === undefined ? undefined : outputsOf(to, task),
  });
}

/** The role that a task has, or the agent that does it. */
function roleOf(model: SystemModel, { metadata, model: by }: TaskNode): string | undefined {
  const agent = by === undefined ? undefined : model.agents[by.agent];
  return text(metadata?.['role']) ?? text(agent?.metadata?.['role']) ?? agent?.name;
}

function outputsOf(to: Leaving, task: TaskNode): readonly string[] | undefined {
  const what = `the task '${task.name}'`;
  to.rest(task, what, ['metadata', 'input', 'output', 'model']);
  to.meta(task, what, ['step', 'role']);
  if (normaliseText(task.input.text) !== normaliseText('z.looseObject({})'))
    to.lost(task.input.location, `The input of ${what}`);
  const prompt = task.model?.prompt;
  if (prompt !== undefined && prompt !== `Do the step '${String(task.metadata?.['step'])}'.`)
    to.lost(task.location, `The prompt of ${what}`);
  const types = typesOfSchema(task.output.text.replace(/^z\.looseObject/, 'z.object'));
  if (types === undefined) return to.lost(task.output.location, `The output of ${what}`);
  if (types.some(([, type]) => type !== 'any'))
    to.lost(task.output.location, `The type of fields in the output of ${what}`);
  return filled(types.map(([key]) => key));
}

function modelsOf(to: Leaving, model: SystemModel): Record<string, string> {
  return Object.fromEntries(
    Object.values(model.agents).flatMap((agent): [string, string][] => {
      to.rest(agent, `the agent '${agent.name}'`, ['metadata', 'model']);
      to.meta(agent, `the agent '${agent.name}'`, ['role', 'name']);
      return agent.model === undefined ? [] : [[text(record(agent.metadata)['role']) ?? agent.name, agent.model]];
    }),
  );
}
