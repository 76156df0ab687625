import type { SystemModel } from '../../model/index.ts';
import { visitSteps } from '../../model/visit/index.ts';
import type { DefinitionNode } from './definitions.ts';

/**
 * The definitions in the order in which they are written: by kind, and what others name (outside of lambdas, where it
 * must be there already when the file is executed) before those.
 */
export function inOrder(model: SystemModel): readonly DefinitionNode[] {
  const { agents, resources, events, tasks, flows, machines } = model;
  const all: Record<string, DefinitionNode> = { ...agents, ...resources, ...events, ...tasks, ...flows, ...machines };
  const done = new Set<DefinitionNode>();
  const found: DefinitionNode[] = [];
  const add = (node: DefinitionNode): void => {
    if (done.has(node)) return;
    done.add(node);
    for (const name of namedBy(node)) {
      const other = Object.hasOwn(all, name) ? all[name] : undefined;
      if (other !== undefined) add(other);
    }
    found.push(node);
  };
  for (const map of [agents, resources, events, tasks, flows, machines]) for (const node of byPlace(map)) add(node);
  return found;
}

/** The definitions of one kind as they stand in the source. */
function byPlace(map: Readonly<Record<string, DefinitionNode>>): readonly DefinitionNode[] {
  const nodes = Object.values(map);
  const files = [...new Set(nodes.map(({ location }) => location.file))];
  return nodes.toSorted(
    ({ location: a }, { location: b }) =>
      files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  );
}

/** The definitions that must be there when this one is executed. */
export function namedBy(node: DefinitionNode): readonly string[] {
  if (node.kind === 'task') {
    const claimed = (node.evidence ?? []).map(({ options }) => options['resource']);
    const { model } = node;
    return [
      ...(node.needs?.resources ?? []),
      ...claimed.filter((name) => typeof name === 'string'),
      ...(model === undefined ? [] : [model.agent, ...(model.tools ?? [])]),
    ];
  }
  if (node.kind === 'machine') {
    return [node.events, node.flows, node.tasks, node.machines].flatMap((known) =>
      known.map(({ name }) => failing(name)),
    );
  }
  if (node.kind !== 'flow') return [];
  const names = node.on === undefined ? [] : [failing(node.on)];
  visitSteps(node, (step) => void (step.kind === 'waitFor' && names.push(failing(step.event))));
  return names;
}

/** `failed.charge` is made of `charge`. */
function failing(name: string): string {
  return name.replace(/^failed\./, '');
}
