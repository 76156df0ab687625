import type { Graph, GraphEdge, GraphNode, GraphNodeKind } from '../graph.ts';
import { treeOf } from '../tree.ts';
import { aliases } from './aliases.ts';
import { stepToStep } from './step-to-step.ts';
import { mermaidText } from './text.ts';

// The shapes of flowcharts; what is not here is a box.
const shapes: Partial<Record<GraphNodeKind, readonly [string, string]>> = {
  start: ['([', '])'],
  end: ['([', '])'],
  flow: ['[[', ']]'],
  branch: ['{', '}'],
  waitFor: ['{{', '}}'],
  approve: ['{{', '}}'],
  sleep: ['{{', '}}'],
  emit: ['>', ']'],
  returns: ['(', ')'],
};

/** The graph of a flow as a Mermaid `flowchart TD`. */
export function flowMermaid(graph: Graph): string {
  const tree = treeOf(graph);
  const names = aliases(graph.nodes);
  const alias = (id: string): string => names.get(id) ?? id;
  const declare = (node: GraphNode): readonly string[] => {
    const texts = [node.label, ...node.details.map((detail) => detail.text)].map(mermaidText);
    const text = texts.join('<br/>');
    const children = tree.children(node.id);
    const [open, close] = shapes[node.kind] ?? ['[', ']'];
    // The title of a subgraph has one line of room.
    if (children.length === 0) return [`${alias(node.id)}${open}"${text}"${close}`];
    return [
      `subgraph ${alias(node.id)}["${texts.slice(0, 2).join(', ')}"]`,
      ...children.flatMap(declare).map((line) => `  ${line}`),
      'end',
    ];
  };
  const title = `accTitle: ${mermaidText(`The flow ${graph.name}`)}`;
  const lines = [
    title,
    ...tree.children(undefined).flatMap(declare),
    ...graph.edges.flatMap((edge) => stepToStep(edge, graph, tree)).map((edge) => arrow(edge, alias)),
  ];
  return ['flowchart TD', ...lines.map((line) => `  ${line}`)].join('\n') + '\n';
}

function arrow({ from, to, kind, label }: GraphEdge, alias: (id: string) => string): string {
  const text = kind === 'again' ? 'again' : kind === 'failure' ? 'on failure' : label;
  const line = kind === 'again' || kind === 'failure' ? '-.->' : '-->';
  return `${alias(from)} ${line}${text === '' ? '' : `|"${mermaidText(text)}"|`} ${alias(to)}`;
}
