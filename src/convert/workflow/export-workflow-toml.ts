import { stringify } from 'smol-toml';
import {
  normaliseText,
  type AgentNode,
  type Diagnostic,
  type MachineNode,
  type ResourceNode,
  type SystemModel,
} from '../../model/index.ts';
import { compact, filled, Leaving, record, text, texts } from './export/leaving.ts';
import { stateTable, type Naming } from './export/states.ts';
import { tomlValue } from './export/toml-value.ts';

/** Machines as a configuration. */
export interface ExportedWorkflowToml {
  /** The TOML. Absent when a machine has states that workflows do not have. */
  readonly text?: string;
  /** What has no place there (MR1799). */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Writes machines as the TOML that `importWorkflowToml` reads, with the agents and resources of the system. Guards and
 * actions are named, not written; what has no place there is left out and said (MR1799). States in states, regions and
 * history are an error: without them it would be another machine.
 *
 * @example
 * ```ts
 * import { exportWorkflowToml } from 'millrace/convert';
 * import { readSystem } from 'millrace/source';
 *
 * const { system } = await readSystem('orders.dsl.ts');
 * const machine = system?.machines['order'];
 * if (system !== undefined && machine !== undefined) console.log(exportWorkflowToml(machine, system).text);
 * ```
 */
export function exportWorkflowToml(
  machine: MachineNode | readonly MachineNode[],
  model: SystemModel,
): ExportedWorkflowToml {
  const to = new Leaving('a workflow in TOML');
  const machines = 'kind' in machine ? [machine] : machine;
  const agents = Object.values(model.agents).map((agent): [string, unknown] => [nameOf(agent), agentTable(to, agent)]);
  const resources = Object.values(model.resources).map((resource): [string, unknown] => [
    nameOf(resource),
    resourceTable(to, resource),
  ]);
  const workflows = machines.map((each) => workflowTable(to, each, model));
  const { metadata = {}, name, version, description, tags, location } = model;
  const about = Object.entries(metadata).flatMap(([key, value]): [string, unknown][] => {
    if (['name', 'version', 'description', 'tags'].includes(key)) {
      to.lost(location, `'${key}' in the metadata of the system`);
      return [];
    }
    return [[key, tomlValue(to, location, `'${key}' in the metadata`, value)]];
  });
  const value = compact({
    metadata: compact({ name, version, description, tags: plainTags(to, model, tags), ...Object.fromEntries(about) }),
    agents: filled(Object.fromEntries(agents)),
    resources: filled(Object.fromEntries(resources)),
    workflows,
  });
  const { diagnostics } = to;
  return diagnostics.some(({ severity }) => severity === 'error')
    ? { diagnostics }
    : { text: stringify(value), diagnostics };
}

type Named = AgentNode | ResourceNode | MachineNode;

/** What it is called there. */
function nameOf({ name, metadata }: Named): string {
  return text(metadata?.['name']) ?? name;
}

function plainTags(
  to: Leaving,
  { location }: Pick<SystemModel, 'location'>,
  tags: SystemModel['tags'],
): readonly string[] | undefined {
  const plain = tags?.filter((tag) => typeof tag === 'string');
  if (plain?.length !== tags?.length) to.lost(location, 'A tag with a key');
  return plain;
}

function agentTable(to: Leaving, agent: AgentNode): object {
  const { description, model, maxTokens, temperature, options = {}, tags, location } = agent;
  const what = `the agent '${agent.name}'`;
  to.rest(agent, what, ['description', 'model', 'maxTokens', 'temperature', 'options', 'tags', 'metadata']);
  to.meta(agent, what, ['name']);
  for (const key of Object.keys(options)) to.lost(location, `The option '${key}' of ${what}`);
  return compact({ description, model, max_tokens: maxTokens, temperature, tags: plainTags(to, agent, tags) });
}

function resourceTable(to: Leaving, resource: ResourceNode): object {
  const { description, type, env, options = {}, tags, metadata, location } = resource;
  const what = `the resource '${resource.name}'`;
  to.rest(resource, what, ['description', 'type', 'env', 'options', 'tags', 'metadata']);
  to.meta(resource, what, ['name', 'secrets']);
  const named = record(metadata?.['secrets']);
  const isNamed = metadata?.['secrets'] !== undefined && JSON.stringify(Object.values(named)) === JSON.stringify(env);
  const { url, ...rest } = options;
  const more = typeof url === 'string' ? rest : options;
  return compact({
    description,
    type,
    url: typeof url === 'string' ? url : undefined,
    secrets: isNamed ? named : env,
    options: filled(record(tomlValue(to, location, `An option of ${what}`, more))),
    tags: plainTags(to, resource, tags),
  });
}

function workflowTable(to: Leaving, machine: MachineNode, model: SystemModel): object {
  const { name, description, tags, metadata, location, initial, states, events } = machine;
  const what = `the machine '${name}'`;
  to.rest(machine, what, ['description', 'tags', 'metadata', 'key', 'context', 'events', 'tasks', 'initial', 'states']);
  to.meta(machine, what, ['name', 'guards', 'functions', 'states']);
  if (normaliseText(machine.context.text) !== normaliseText('z.object({})'))
    to.lost(machine.context.location, `The context of ${what}`);
  if (machine.key !== 'id') to.lost(location, `The key of ${what}`);
  if (initial.length !== 1) to.lost(location, `More than one initial state of ${what}`, 'error');
  const handled = new Set(states.flatMap(({ on }) => on.map(({ event }) => event)));
  for (const { alias, name: event } of events) {
    const payload = model.events[event]?.payload;
    if (!handled.has(alias)) to.lost(location, `The event '${alias}', which no state handles,`);
    else if (
      payload !== undefined &&
      normaliseText(payload.text) !== normaliseText('z.looseObject({ id: z.string() })')
    )
      to.lost(payload.location, `What the event '${alias}' carries`);
  }
  const declared = record(metadata?.['guards']);
  const naming: Naming = { functions: record(metadata?.['functions']), guards: { ...declared } };
  const about = record(metadata?.['states']);
  const names = (kind: 'agents' | 'resources', all: unknown): readonly string[] | undefined =>
    filled(texts(all).map((each) => (model[kind][each] === undefined ? each : nameOf(model[kind][each]))));
  const tasks = new Set<string>();
  const tables = states.map((state): [string, unknown] => {
    const own = record(about[state.name]);
    const around = { agents: names('agents', own['agents']), resources: names('resources', own['required_resources']) };
    const contracts = record(own['contracts']);
    for (const task of Object.values(contracts)) tasks.add(String(task));
    return [state.name, stateTable(to, model, state, { naming, ...around, contracts, meta: own })];
  });
  for (const { name: task } of machine.tasks) if (!tasks.has(task)) to.lost(location, `The task '${task}' of ${what}`);
  return compact({
    name: nameOf(machine),
    description,
    tags: plainTags(to, machine, tags),
    initial: initial[0],
    guards: filled(record(tomlValue(to, location, `A guard of ${what}`, naming.guards))),
    states: Object.fromEntries(tables),
  });
}
