import { partText } from '../hash/hash.ts';
import type { EventNode } from '../nodes/event.ts';
import type { ContextNode, SystemModel } from '../nodes/system.ts';
import type { AgentNode, ResourceNode, TaskNode } from '../nodes/task.ts';
import { callers, runs, type Change, type CompareSchemas, type Comparison } from './change.ts';
import { commonRules, compareDefinitions, compareFields, harmless, type FieldRules } from './definitions.ts';
import { compareFlows } from './flows.ts';
import { compareMachines } from './machines.ts';
import { compareSchema } from './schemas.ts';

/** The differences between two versions of a system. */
export interface SystemDiff {
  /** Each says for whom it breaks something, and why. */
  readonly breaking: readonly Change[];
  readonly compatible: readonly Change[];
}

export interface DiffOptions {
  /** Tells whether a schema accepts more or less than another. Default: a changed schema counts as breaking. */
  readonly compareSchemas?: CompareSchemas;
}

/**
 * Compares two versions of a system and classifies every change: compatible, or breaking for callers, for instances of
 * machines, or for runs in flight. Formatting, comments and the order of definitions are no changes. A renamed
 * definition counts as one that was removed and one that was added.
 *
 * @example
 * ```ts
 * import { diffSystems, type SystemModel } from 'millrace/model';
 *
 * const mayDeploy = (before: SystemModel, after: SystemModel) => diffSystems(before, after).breaking.length === 0;
 * ```
 */
export function diffSystems(before: SystemModel, after: SystemModel, options: DiffOptions = {}): SystemDiff {
  const changes: Change[] = [];
  const comparison: Comparison = {
    before,
    after,
    compare: options.compareSchemas ?? (() => 'unknown'),
    same: (a, b) => partText(before, a) === partText(after, b),
    sameField: (a, b, field) => partText(before, only(a, field)) === partText(after, only(b, field)),
    report: (change) => changes.push(change),
  };
  compareSystems(comparison);
  return {
    breaking: changes.filter(({ breaks }) => breaks.length > 0),
    compatible: changes.filter(({ breaks }) => breaks.length === 0),
  };
}

/** A node with one of its fields: what a field means depends on the kind of its node. */
function only<Node extends object>(node: Node, field: keyof Node): object {
  const { kind } = node as { readonly kind?: string };
  return { ...(kind !== undefined && { kind }), ...(node[field] !== undefined && { [field]: node[field] }) };
}

const systemRules: FieldRules<SystemModel> = {
  ...commonRules,
  schemaVersion: harmless,
  version: harmless,
  contexts: 'elsewhere',
  events: 'elsewhere',
  tasks: 'elsewhere',
  agents: 'elsewhere',
  resources: 'elsewhere',
  flows: 'elsewhere',
  machines: 'elsewhere',
  // What they change is told where they are reached.
  locals: 'elsewhere',
  imports: 'elsewhere',
  files: 'elsewhere',
  retention: harmless,
  budget: harmless,
  access: () => [callers('what was allowed may be refused')],
};
const contextRules: FieldRules<ContextNode> = {
  description: harmless,
  members: harmless,
  responsibilities: harmless,
  dependencies: harmless,
};
const eventRules: FieldRules<EventNode> = { ...commonRules, payload: 'elsewhere', ttl: harmless };
const agentRules: FieldRules<AgentNode> = {
  ...commonRules,
  role: harmless,
  model: harmless,
  system: harmless,
  tools: harmless,
  maxTokens: harmless,
  temperature: harmless,
  options: harmless,
};
const resourceRules: FieldRules<ResourceNode> = { ...commonRules, type: harmless, env: harmless, options: harmless };
const taskRules: FieldRules<TaskNode> = {
  ...commonRules,
  input: 'elsewhere',
  output: 'elsewhere',
  retry: harmless,
  timeout: harmless,
  totalTimeout: harmless,
  heartbeat: harmless,
  concurrency: harmless,
  queue: harmless,
  rateLimit: harmless,
  priority: harmless,
  breaker: harmless,
  idempotent: harmless,
  cache: harmless,
  evidence: harmless,
  evidenceRule: harmless,
  examples: harmless,
  errors: (before, after) =>
    (before.errors ?? []).every((code) => after.errors?.includes(code))
      ? []
      : [callers('whoever handles an error by its code waits for it in vain')],
  needs: harmless,
  model: harmless,
};

function compareSystems(comparison: Comparison): void {
  const { before, after } = comparison;
  const { name } = before;
  if (name !== after.name) {
    comparison.report({
      kind: 'changed',
      path: 'name',
      message: `The system is called '${after.name}' instead of '${name}'.`,
      breaks: [callers('it is known by the old name')],
      before: before.location,
      after: after.location,
    });
  }
  compareFields(comparison, 'system', `system '${name}'`, before, after, systemRules);
  compareDefinitions(comparison, 'contexts', before.contexts, after.contexts, {
    removed: [],
    compare: (c, a, b, path) => compareFields(c, path, `context '${a.name}'`, a, b, contextRules),
  });
  compareDefinitions(comparison, 'events', before.events, after.events, {
    compare: (c, a, b, path) => {
      compareFields(c, path, `event '${a.name}'`, a, b, eventRules);
      compareSchema(c, `${path}.payload`, `the payload of event '${a.name}'`, 'given', a.payload, b.payload);
    },
  });
  compareDefinitions(comparison, 'tasks', before.tasks, after.tasks, {
    compare: (c, a, b, path) => {
      compareFields(c, path, `task '${a.name}'`, a, b, taskRules);
      compareSchema(c, `${path}.input`, `the input of task '${a.name}'`, 'given', a.input, b.input);
      compareSchema(c, `${path}.output`, `the output of task '${a.name}'`, 'taken', a.output, b.output);
    },
  });
  compareDefinitions(comparison, 'agents', before.agents, after.agents, {
    compare: (c, a, b, path) => compareFields(c, path, `agent '${a.name}'`, a, b, agentRules),
  });
  compareDefinitions(comparison, 'resources', before.resources, after.resources, {
    compare: (c, a, b, path) => compareFields(c, path, `resource '${a.name}'`, a, b, resourceRules),
  });
  compareDefinitions(comparison, 'flows', before.flows, after.flows, {
    removed: [callers('nobody can start it any more'), runs('a run in flight has no code to go on with')],
    compare: compareFlows,
  });
  compareDefinitions(comparison, 'machines', before.machines, after.machines, {
    removed: [
      callers('its events are heard by nobody'),
      { audience: 'instances', reason: 'an instance has no machine to go on with' },
    ],
    compare: compareMachines,
  });
}
