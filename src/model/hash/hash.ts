import { createHash } from 'node:crypto';
import { canonicalJson } from '../../core/index.ts';
import type { FlowNode } from '../nodes/flow.ts';
import type { MachineNode } from '../nodes/machine.ts';
import type { SystemModel } from '../nodes/system.ts';
import { toolsOf } from '../model-task.ts';
import { usedNames } from './uses.ts';
import { significant } from './print.ts';

/**
 * The content hash of a system: sha256 in hex. Formatting does not count: neither spaces, quotes, comments, trailing
 * commas and optional semicolons of its code, nor the order of its definitions, nor the files they stand in. Everything
 * else does, descriptions and the declarations that its code reaches included.
 *
 * @example
 * ```ts
 * import { hashSystem, type SystemModel } from 'millrace/model';
 *
 * const changed = (before: SystemModel, after: SystemModel) => hashSystem(before) !== hashSystem(after);
 * ```
 */
export function hashSystem(model: SystemModel): string {
  return sha256(significant({ ...model, ...reached(model, model) }));
}

/**
 * The content hash of one flow and of the declarations that its code reaches. Same rules as {@link hashSystem}.
 *
 * @throws RangeError when the system has no flow of that name.
 * @example
 * ```ts
 * import { hashFlow, type SystemModel } from 'millrace/model';
 *
 * const hash = (model: SystemModel) => hashFlow(model, 'fulfilOrder');
 * ```
 */
export function hashFlow(model: SystemModel, name: string): string {
  return hashNode(model, find(model.flows, 'flow', name));
}

/**
 * The content hash of one machine and of the declarations that its code reaches. Same rules as {@link hashSystem}.
 *
 * @throws RangeError when the system has no machine of that name.
 * @example
 * ```ts
 * import { hashMachine, type SystemModel } from 'millrace/model';
 *
 * const hash = (model: SystemModel) => hashMachine(model, 'order');
 * ```
 */
export function hashMachine(model: SystemModel, name: string): string {
  return hashNode(model, find(model.machines, 'machine', name));
}

/**
 * The hash of all that the answer of a model depends on besides the input of its task: its agent, prompt, context, what it
 * has to give, and its tools. Descriptions of the task, tags and policies do not count.
 *
 * @throws RangeError when the system has no task of that name.
 */
export function hashModelTask(model: SystemModel, name: string): string {
  const task = find(model.tasks, 'task', name);
  const agent = Object.hasOwn(model.agents, task.model?.agent ?? '') ? model.agents[task.model!.agent] : undefined;
  const { tags: _tags, metadata: _metadata, hints: _hints, description: _description, ...settings } = agent ?? {};
  // With their kinds they are printed as the nodes that they are of.
  const tools = toolsOf(model, task).map((tool) => ({
    kind: 'task',
    ...tool,
    ...(Object.hasOwn(model.tasks, tool.task) && { input: model.tasks[tool.task]?.input }),
  }));
  const { kind, input, output } = task;
  return digest(partText(model, { kind, input, output, model: task.model, agent: settings, tools }));
}

function hashNode(model: SystemModel, node: FlowNode | MachineNode): string {
  return digest(partText(model, node));
}

/** All that counts of a part of a system and of the declarations that its code reaches, as text to compare. */
export function partText(model: SystemModel, part: object): string {
  const { locals, imports } = reached(model, part);
  return canonicalJson({
    node: significant(part),
    locals: Object.values(locals).map(significant),
    imports: Object.values(imports).map(significant),
  });
}

function sha256(value: unknown): string {
  return digest(canonicalJson(value));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function find<Node>(nodes: Readonly<Record<string, Node>>, kind: string, name: string): Node {
  const node = Object.hasOwn(nodes, name) ? nodes[name] : undefined;
  if (node === undefined) {
    throw new RangeError(
      `The system has no ${kind} '${name}'. Its ${kind}s: ${Object.keys(nodes).join(', ') || 'none'}.`,
    );
  }
  return node;
}

/** The declarations and imports that the code of a node reaches, in order of their names. */
function reached(model: SystemModel, node: object): Pick<SystemModel, 'locals' | 'imports'> {
  const names = usedNames(model, node);
  const pick = <Node>(nodes: Readonly<Record<string, Node>>): Record<string, Node> =>
    Object.fromEntries(names.flatMap((name) => (Object.hasOwn(nodes, name) ? [[name, nodes[name] as Node]] : [])));
  return { locals: pick(model.locals), imports: pick(model.imports) };
}
