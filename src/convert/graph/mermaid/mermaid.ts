import type { Graph } from '../graph.ts';
import { flowMermaid } from './flow-mermaid.ts';
import { machineMermaid } from './machine-mermaid.ts';

/**
 * A graph as text that Mermaid draws: a `stateDiagram-v2` for a machine, a `flowchart TD` for a flow. Whatever names and
 * code hold, the text is valid.
 *
 * @example
 * ```ts
 * import { graphMermaid, machineGraph } from 'millrace/convert';
 * import type { MachineNode } from 'millrace/model';
 *
 * export const picture = (machine: MachineNode) => graphMermaid(machineGraph(machine));
 * ```
 */
export function graphMermaid(graph: Graph): string {
  return graph.kind === 'machine' ? machineMermaid(graph) : flowMermaid(graph);
}
