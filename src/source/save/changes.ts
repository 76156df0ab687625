import type { SystemModel } from '../../model/index.ts';
import type { DefinitionNode } from '../print/definitions.ts';
import { said } from '../print/same.ts';

/** What two models of a system say differently, definition by definition. */
export interface Changes {
  readonly added: readonly DefinitionNode[];
  readonly removed: readonly DefinitionNode[];
  readonly changed: readonly { readonly before: DefinitionNode; readonly after: DefinitionNode }[];
  /** Does the system say something else about itself? */
  readonly head: boolean;
}

/** Every definition of a system, by name. */
export function definitionsOf(model: SystemModel): ReadonlyMap<string, DefinitionNode> {
  const { agents, resources, events, tasks, flows, machines } = model;
  const maps = [agents, resources, events, tasks, flows, machines] as readonly Readonly<
    Record<string, DefinitionNode>
  >[];
  return new Map(maps.flatMap((map) => Object.entries(map)));
}

export function changesOf(before: SystemModel, after: SystemModel): Changes {
  const [old, next] = [definitionsOf(before), definitionsOf(after)];
  const isThere = (node: DefinitionNode, map: ReadonlyMap<string, DefinitionNode>): boolean =>
    map.get(node.name)?.kind === node.kind;
  return {
    added: [...next.values()].filter((node) => !isThere(node, old)),
    removed: [...old.values()].filter((node) => !isThere(node, next)),
    changed: [...next.values()].flatMap((after) => {
      const before = old.get(after.name);
      return before === undefined || before.kind !== after.kind || said(before) === said(after)
        ? []
        : [{ before, after }];
    }),
    head: said(headOf(before)) !== said(headOf(after)),
  };
}

/** What a system says about itself. */
function headOf(model: SystemModel): object {
  const nothing = {
    events: {},
    tasks: {},
    agents: {},
    resources: {},
    flows: {},
    machines: {},
    locals: {},
    imports: {},
  };
  return { ...model, ...nothing, files: [] };
}
