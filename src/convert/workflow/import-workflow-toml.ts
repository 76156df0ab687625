import { createSystem, type Diagnostic, type MachineNode, type SystemModel } from '../../model/index.ts';
import { docComment } from '../../model/text/names.ts';
import type { Json, JsonMember, JsonNode } from '../xstate/import/json.ts';
import { baseName, Configuring, rootOf, zodImport } from './import/configuring.ts';
import { agentsOf, describedOf, resourcesOf, restOf } from './import/resources.ts';
import { stateOf, type Known } from './import/states.ts';
import { parseToml } from './import/toml.ts';

/** Options of {@link importWorkflowToml}. */
export interface ImportWorkflowTomlOptions {
  /** The file that the text is from, as diagnostics show it. */
  readonly file?: string;
  /** The name of the system. Default: the `name` in `[metadata]`, else that of the file. */
  readonly name?: string;
}

/** What came of importing workflows. */
export interface ImportedWorkflowToml {
  /** A system with a machine for each workflow, the agents, the resources, a task for each contract. Absent after an error. */
  readonly model?: SystemModel;
  /** The names of the machines in the model. */
  readonly machines: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Imports workflows that are declared in TOML: `[metadata]`, `[agents.NAME]`, `[resources.NAME]` and `[[workflows]]` with
 * states, handlers, guards and contracts. Guards and actions become functions that throw until somebody fills them in,
 * contracts become tasks; each is said (MR1755). Never throws for bad input.
 *
 * @example
 * ```ts
 * import { importWorkflowToml } from 'millrace/convert';
 *
 * const text = `
 *   [[workflows]]
 *   name = "door"
 *   initial = "shut"
 *   [workflows.states.shut]
 *   handlers = [{ event = "opened", target = "open" }]
 *   [workflows.states.open]
 *   timeout_seconds = 60
 *   timeout_target = "shut"
 * `;
 * const { model, machines } = importWorkflowToml(text, { file: 'door.toml' });
 * machines; // ['door']
 * Object.keys(model?.events ?? {}); // ['opened']
 * ```
 */
export function importWorkflowToml(text: string, options: ImportWorkflowTomlOptions = {}): ImportedWorkflowToml {
  const { file = 'workflow.toml' } = options;
  const to = new Configuring(file, text);
  const none = { machines: [], diagnostics: to.diagnostics };
  const root = rootOf(to, parseToml(text), 'TOML');
  if (root === undefined) return none;
  const members = to.members(root, ['metadata', 'agents', 'resources', 'workflows'], 'A configuration');
  const about = members.get('metadata');
  const given = to.table(about) ?? {};
  const described =
    about === undefined ? new Map<string, JsonMember>() : to.members(about.value, Object.keys(given), '[metadata]');
  const named = to.text(described.get('name'), 'a name');
  const version = to.text(described.get('version'), 'a version') ?? '1.0.0';
  const versionAt = described.get('version')?.value;
  if (versionAt !== undefined && !/^\d+\.\d+\.\d+(?:[-+].+)?$/.test(version))
    to.wrong(versionAt, 'a version such as 1.2.0');
  const more = restOf(given, ['name', 'version', 'description', 'tags']);
  const common = describedOf(to, described);
  const list = members.get('workflows');
  if (list === undefined) to.report('MR1791', 'error', { start: 0, end: 1 }, "A configuration has '[[workflows]]'.");
  else if (list.value.kind !== 'array') to.wrong(list, 'a list of workflows: `[[workflows]]`');
  const flows = list?.value.kind === 'array' ? list.value.items : [];
  const names = flows.map((node, index) => workflowName(to, node, index));
  const agents = agentsOf(to, members.get('agents'));
  const resources = resourcesOf(to, members.get('resources'));
  const definitions = (all: readonly (readonly [string, { readonly name: string }])[]): ReadonlyMap<string, string> =>
    new Map(all.map(([key, { name }]) => [key, name]));
  const drafts = flows.map((node, index) =>
    machineOf(to, node, names[index] ?? '', definitions(agents), definitions(resources)),
  );
  if (to.hasErrors) return none;
  const location = to.location({ start: 0, end: 0 });
  const machines = drafts.flatMap((machine) => machine ?? []);
  const events = [...to.events.values()].map(({ name, at }) => ({
    kind: 'event' as const,
    name,
    payload: { kind: 'schema', text: 'z.looseObject({ id: z.string() })', uses: ['z'], location: at } as const,
    location: at,
  }));
  const byName = <T extends { readonly name: string }>(nodes: readonly T[]): Record<string, T> =>
    Object.fromEntries(nodes.map((node) => [node.name, node]));
  const wanted = options.name ?? named ?? baseName(file, 'workflows');
  const model = createSystem({
    name: wanted.replaceAll(/[^\w.-]+/g, '_').replace(/^(?![A-Za-z_])/, '_'),
    version,
    ...common,
    ...(Object.keys(more).length === 0 ? {} : { metadata: more as Record<string, never> }),
    agents: byName(agents.map(([, node]) => node)),
    resources: byName(resources.map(([, node]) => node)),
    events: byName(events),
    tasks: to.tasks,
    machines: byName(machines),
    locals: to.locals,
    imports: zodImport(to),
    location,
  });
  return { model, machines: machines.map(({ name }) => name), diagnostics: to.diagnostics };
}

function workflowName(to: Configuring, node: JsonNode, index: number): string {
  const member = node.kind === 'object' ? node.members.find(({ key }) => key === 'name') : undefined;
  const value = member?.value;
  const text = value?.kind === 'value' && typeof value.value === 'string' ? value.value : `workflow${index + 1}`;
  if (member === undefined) to.report('MR1791', 'error', node, "A workflow has no 'name'.");
  return to.define(text, value ?? node);
}

const keys = ['name', 'description', 'tags', 'initial', 'initial_state', 'guards', 'states'];

function machineOf(
  to: Configuring,
  node: JsonNode,
  name: string,
  agents: ReadonlyMap<string, string>,
  resources: ReadonlyMap<string, string>,
): MachineNode | undefined {
  const members = to.members(node, keys, `The workflow '${name}'`);
  const states = to.named(members.get('states'), 'states');
  const known: Known = {
    states: states.map(({ key }) => key),
    guards: to.named(members.get('guards'), 'guards').map(({ key }) => key),
    agents,
    resources,
    functions: {},
    meta: {},
  };
  const first = members.get('initial') ?? members.get('initial_state');
  const initial = to.text(first, 'the name of a state');
  const all = `The states are: ${known.states.join(', ')}.`;
  if (first === undefined) to.report('MR1797', 'error', node, `The workflow '${name}' has no 'initial'.`, all);
  else if (initial !== undefined && !known.states.includes(initial))
    to.unknown(initial, first.value, 'state', known.states);
  const [tasks, events] = [new Set(Object.keys(to.tasks)), new Set<string>()];
  const nodes = states.map((member) => stateOf(to, known, member));
  for (const { on } of nodes) for (const { event } of on) if (!event.includes('*')) events.add(event);
  const guards = to.table(members.get('guards')) ?? {};
  explainGuards(to, known, guards);
  const wanted = to.text(members.get('name'), 'a name') ?? name;
  const metadata = {
    ...(wanted === name ? {} : { name: wanted }),
    ...(Object.keys(guards).length === 0 ? {} : { guards }),
    ...(Object.keys(known.functions).length === 0 ? {} : { functions: known.functions }),
    ...(Object.keys(known.meta).length === 0 ? {} : { states: known.meta }),
  };
  const own = Object.keys(to.tasks).filter((task) => !tasks.has(task));
  return {
    kind: 'machine',
    name,
    ...describedOf(to, members),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata: metadata as Record<string, never> }),
    key: 'id',
    context: to.schema('z.object({})', node),
    events: [...events].map((alias) => ({ alias, name: to.events.get(alias)?.name ?? alias })),
    creates: [],
    flows: [],
    tasks: own.map((task) => ({ alias: task, name: task })),
    machines: [],
    initial: initial === undefined ? [] : [initial],
    states: nodes,
    location: to.location(node),
  };
}

/** What is said about a guard stands above the function that is to be written. */
function explainGuards(to: Configuring, { functions }: Known, guards: Readonly<Record<string, Json>>): void {
  for (const [name, about] of Object.entries(guards)) {
    const [constant = name] = Object.entries(functions).find(([, original]) => original === name) ?? [];
    const local = to.locals[constant];
    if (typeof about !== 'string' || local === undefined) continue;
    const text = local.text.replace('/** Fill in: true or false. */', () =>
      docComment(`Fill in: true or false. ${about}`).trimEnd(),
    );
    to.locals[constant] = { ...local, text };
  }
}
