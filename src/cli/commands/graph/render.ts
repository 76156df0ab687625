import type { FlowNode, MachineNode, SystemModel } from '../../../model/index.ts';
import type { Diagnostic } from '../../../model/index.ts';
import type { GraphFormat } from './options.ts';

/** One machine or flow in one format. */
export interface Rendered {
  readonly kind: 'machine' | 'flow';
  readonly name: string;
  readonly text: string;
  /** The same as data, where the format is data. */
  readonly value?: unknown;
  /** What the format cannot say. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What a file of each format is called: `order.machine.svg` among others of its system. */
export const endings: Readonly<Record<GraphFormat, string>> = {
  mermaid: 'mmd',
  json: 'json',
  svg: 'svg',
  xstate: 'xstate.json',
  'xstate-module': 'xstate.ts',
  scxml: 'scxml',
};

/** Shows a definition in a format. The converters are loaded when they are used. */
export async function render(
  definition: MachineNode | FlowNode,
  model: SystemModel,
  format: GraphFormat,
): Promise<Rendered> {
  const { kind, name } = definition;
  if ((format === 'xstate' || format === 'xstate-module') && kind === 'machine') {
    const { exportXstate } = await import('../../../convert/xstate/export-xstate.ts');
    const { config, text, diagnostics } = exportXstate(definition, model);
    if (format === 'xstate-module') return { kind, name, text, diagnostics };
    return { kind, name, text: `${JSON.stringify(config, null, 2)}\n`, value: config, diagnostics };
  }
  if (format === 'scxml' && kind === 'machine') {
    const { exportScxml } = await import('../../../convert/scxml/export/export.ts');
    const { text, diagnostics } = exportScxml(definition, model);
    return { kind, name, text, diagnostics };
  }
  const graph = await graphOf(definition, model);
  const plain = { kind, name, diagnostics: [] };
  if (format === 'json') return { ...plain, text: `${JSON.stringify(graph, null, 2)}\n`, value: graph };
  if (format === 'svg') {
    const { graphSvg } = await import('../../../convert/graph/svg/graph-svg.ts');
    return { ...plain, text: graphSvg(graph) };
  }
  const { graphMermaid } = await import('../../../convert/graph/mermaid/mermaid.ts');
  return { ...plain, text: graphMermaid(graph) };
}

async function graphOf(definition: MachineNode | FlowNode, model: SystemModel) {
  if (definition.kind === 'machine') {
    const { machineGraph } = await import('../../../convert/graph/machine/machine-graph.ts');
    return machineGraph(definition);
  }
  const { flowGraph } = await import('../../../convert/graph/flow/flow-graph.ts');
  return flowGraph(definition, model);
}
