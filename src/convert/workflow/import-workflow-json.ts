import {
  createSystem,
  type AgentNode,
  type Diagnostic,
  type FlowNode,
  type StepOf,
  type SystemModel,
  type TaskNode,
} from '../../model/index.ts';
import { propertyKey } from '../../model/text/names.ts';
import { durationOf } from '../xstate/import/duration.ts';
import { parseJson, type JsonNode } from '../xstate/import/json.ts';
import { argumentOf, canDestructure } from './import/argument.ts';
import { baseName, Configuring, rootOf, zodImport, type Members } from './import/configuring.ts';
import { checkRoles, type WorkflowRoles } from './import/roles.ts';
import { stepsOf, type StepDraft } from './import/steps.ts';
import { amountOf } from './money.ts';

/** Options of {@link importWorkflowJson}. */
export interface ImportWorkflowJsonOptions {
  /** The file that the text is from, as diagnostics show it. */
  readonly file?: string;
  /** The name of the system and its flow. Default: the `name` of the configuration, else that of the file. */
  readonly name?: string;
  /** The roles of the type `spec-default`. Without them nothing is asked of that type, which is a warning. */
  readonly roles?: WorkflowRoles;
}

/** What came of importing a workflow. */
export interface ImportedWorkflowJson {
  /** A system with the flow, a task for each step, and an agent for each role that has a model. Absent after an error. */
  readonly model?: SystemModel;
  /** The name of the flow in the model. */
  readonly flow?: string;
  readonly diagnostics: readonly Diagnostic[];
}

const rootKeys = ['name', 'version', 'description', 'type', 'steps', 'models', 'policy', '$schema'];

/**
 * Imports a workflow that is declared in JSON: `steps` with `id`, `role`, `depends_on` and `outputs`, `models` by role, and
 * a `policy`. It becomes a flow with one `graph`, whose schemas are open and to be refined (MR1755). Never throws for bad
 * input.
 *
 * @example
 * ```ts
 * import { importWorkflowJson } from 'millrace/convert';
 *
 * const { model, diagnostics } = importWorkflowJson(
 *   '{ "name": "book", "steps": [{ "id": "write" }, { "id": "print", "depends_on": ["write"] }] }',
 *   { file: 'book.json' },
 * );
 * Object.keys(model?.tasks ?? {}); // ['write', 'print']
 * diagnostics.map(({ code }) => code); // ['MR1755', 'MR1755']
 * ```
 */
export function importWorkflowJson(text: string, options: ImportWorkflowJsonOptions = {}): ImportedWorkflowJson {
  const { file = 'workflow.json' } = options;
  const to = new Configuring(file, text);
  const root = rootOf(to, parseJson(text), 'JSON');
  if (root === undefined) return { diagnostics: to.diagnostics };
  const members = to.members(root, rootKeys, 'A workflow');
  const list = members.get('steps');
  if (list === undefined && root.kind === 'object') {
    to.wrong({ start: root.start, end: root.start + 1 }, "a workflow with 'steps'");
  }
  const steps = list === undefined ? [] : stepsOf(to, list.value);
  const given = to.text(members.get('name'), 'a name');
  const kind = members.get('type');
  const type = to.text(kind, 'a type of workflow');
  if (kind !== undefined && type !== undefined && type !== 'custom' && type !== 'spec-default') {
    to.unknown(type, kind.value, 'type of workflow', ['spec-default', 'custom']);
  }
  if (kind !== undefined && type === 'spec-default' && !to.hasErrors) checkRoles(to, steps, options.roles, kind.value);
  const model = modelOf(to, root, members, steps, options.name ?? given ?? baseName(file, 'workflow'), type);
  return to.hasErrors || model === undefined
    ? { diagnostics: to.diagnostics }
    : { model, flow: Object.keys(model.flows)[0] ?? '', diagnostics: to.diagnostics };
}

function modelOf(
  to: Configuring,
  root: JsonNode,
  members: Members,
  steps: readonly StepDraft[],
  wanted: string,
  type: string | undefined,
): SystemModel | undefined {
  const policyMember = members.get('policy');
  const policy =
    policyMember === undefined
      ? new Map()
      : to.members(policyMember.value, ['timeout_ms', 'max_parallelism', 'budget_limit'], "The 'policy'");
  const timeout = to.count(policy.get('timeout_ms'), 'milliseconds');
  const concurrency = to.count(policy.get('max_parallelism'), 'a count');
  const limit = to.count(policy.get('budget_limit'), 'an amount', false);
  const run = limit === undefined ? undefined : amountOf(limit);
  if (limit !== undefined && run === undefined)
    to.wrong(policy.get('budget_limit')?.value ?? root, 'an amount of at most six decimals');
  if (timeout !== undefined && timeout > 36_500 * 86_400_000)
    to.wrong(policy.get('timeout_ms')?.value ?? root, 'at most 36500 days');
  const description = to.text(members.get('description'), 'a text');
  const version = to.text(members.get('version'), 'a version') ?? '1.0.0';
  const isVersion = /^\d+\.\d+\.\d+(?:[-+].+)?$/.test(version);
  if (!isVersion) to.wrong(members.get('version')?.value ?? root, 'a version such as 1.2.0');
  const names = new Map(steps.map((step) => [step.id, to.define(step.id, step.at)]));
  const agents = agentsOf(to, members, steps);
  if (to.hasErrors) return undefined;
  const tasks = steps.map((step) => taskOf(to, step, names.get(step.id) ?? step.id, agents.byRole));
  const location = to.location({ start: root.start, end: root.end });
  const place = to.location({ start: root.start, end: root.start + 1 });
  const name = to.define(wanted, { start: root.start, end: root.start + 1 }, `${wanted}Flow`);
  const nodes = steps.map((step) => nodeOf(to, step, names.get(step.id) ?? step.id));
  const graph: StepOf<'graph'> = {
    kind: 'graph',
    id: freeId('steps', steps),
    nodes,
    ...(concurrency === undefined ? {} : { concurrency }),
    location: place,
  };
  const metadata = { ...(name === wanted ? {} : { name: wanted }), ...(type === undefined ? {} : { type }) };
  const flow: FlowNode = {
    kind: 'flow',
    name,
    ...(description === undefined ? {} : { description }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
    input: to.schema('z.looseObject({})', root),
    ...(timeout === undefined ? {} : { timeout: durationOf(timeout) }),
    body: { kind: 'body', steps: nodes.length === 0 ? [] : [graph], location: place },
    location,
  };
  return createSystem({
    name: name === wanted ? name : wanted.replaceAll(/[^\w.-]+/g, '_').replace(/^(?![A-Za-z_])/, '_'),
    version,
    ...(run === undefined ? {} : { budget: { run } }),
    tasks: Object.fromEntries(tasks.map((task) => [task.name, task])),
    agents: Object.fromEntries(agents.all.map((agent) => [agent.name, agent])),
    flows: { [name]: flow },
    imports: zodImport(to),
    location: place,
  });
}

function freeId(wanted: string, steps: readonly StepDraft[]): string {
  let id = wanted;
  while (steps.some((step) => step.id === id)) id += '_';
  return id;
}

/** An agent for each role that has a model. */
function agentsOf(
  to: Configuring,
  members: Members,
  steps: readonly StepDraft[],
): { readonly all: readonly AgentNode[]; readonly byRole: ReadonlyMap<string, AgentNode> } {
  const byRole = new Map<string, AgentNode>();
  for (const member of to.named(members.get('models'), 'models')) {
    const { key: role } = member;
    const model = to.text(member, 'the name of a model');
    if (model === undefined) continue;
    if (!steps.some((step) => step.role === role)) {
      to.report('MR1793', 'warning', member, `No step has the role '${role}'.`, 'The agent is declared all the same.');
    }
    const name = to.define(role, member, `${role}Agent`);
    const location = to.location({ start: member.start, end: member.value.end });
    byRole.set(role, { kind: 'agent', name, metadata: { role }, model, location });
  }
  return { all: [...byRole.values()], byRole };
}

function taskOf(to: Configuring, step: StepDraft, name: string, agents: ReadonlyMap<string, AgentNode>): TaskNode {
  const { id, role, outputs, at } = step;
  const agent = role === undefined ? undefined : agents.get(role);
  const fields = outputs.map((output) => `${propertyKey(output)}: z.unknown()`);
  const hint =
    agent === undefined
      ? '`dsl compile --stubs` writes a file for its code.'
      : `Say in its prompt what '${agent.name}' is to do.`;
  to.unfinished(at, `The step '${id}' becomes the task '${name}': its schemas are open.`, hint);
  const metadata = { step: id, ...(role === undefined ? {} : { role }) };
  return {
    kind: 'task',
    name,
    metadata,
    input: to.schema('z.looseObject({})', at),
    output: to.schema(fields.length === 0 ? 'z.looseObject({})' : `z.looseObject({ ${fields.join(', ')} })`, at),
    ...(agent === undefined ? {} : { model: { agent: agent.name, prompt: `Do the step '${id}'.` } }),
    location: to.location(at),
  };
}

/** `.node('print', ({ input, write }) => print({ input, write }), { needs: ['write'] })` */
function nodeOf(to: Configuring, step: StepDraft, task: string): StepOf<'graph'>['nodes'][number] {
  const location = to.location(step.at);
  const needs = step.needs.map(({ text }) => text);
  const callee = to.callee(task);
  const isPlain = canDestructure(needs, callee);
  const { names, argument } = argumentOf(needs, isPlain);
  const parameter = isPlain ? `{ ${names.join(', ')} }` : 'scope';
  const body = `${callee}(${argument})`;
  const lambda = { parameter, ...(isPlain ? { reads: names } : {}), body, block: false };
  return {
    name: step.id,
    needs,
    call: {
      kind: 'call',
      target: { kind: 'task', name: task },
      lambda: { kind: 'expression', text: `(${parameter}) => ${body}`, uses: [], lambda, location },
      argument,
      location,
    },
    location,
  };
}
