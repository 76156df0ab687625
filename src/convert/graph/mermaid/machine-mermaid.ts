import { cut } from '../code-text.ts';
import type { Graph, GraphNode } from '../graph.ts';
import { treeOf } from '../tree.ts';
import { aliases } from './aliases.ts';
import { placeArrows, scopeKey } from './arrows.ts';
import { mermaidLabel, mermaidText } from './text.ts';

/** The longest line that a box shows. */
const longestFact = 130;

/** The graph of a machine as a Mermaid `stateDiagram-v2`. */
export function machineMermaid(graph: Graph): string {
  const tree = treeOf(graph);
  const names = aliases(graph.nodes.filter(isDeclared));
  const alias = (id: string): string => names.get(id) ?? id;
  const arrows = placeArrows(
    graph.edges.filter(({ targetless }) => targetless !== true),
    tree,
    alias,
  );
  const facts = ({ id, details }: GraphNode): readonly string[] => [
    ...details.map(({ text }) => mermaidText(cut(text, longestFact))),
    ...graph.edges.filter(({ from, targetless }) => from === id && targetless === true).map(mermaidLabel),
  ];

  const scope = (nodes: readonly GraphNode[], key: string): readonly string[] => [
    ...nodes.filter(isDeclared).flatMap(declare),
    ...arrows.inside(key),
    ...nodes.filter(({ kind }) => kind === 'final').map(({ id }) => `${alias(id)} --> [*]`),
  ];
  const declare = (node: GraphNode): readonly string[] => {
    const { id, kind, label } = node;
    const name = alias(id);
    if (kind === 'fork') return [`state ${name} <<fork>>`];
    const children = tree.children(id).filter(isDeclared);
    if (children.length === 0) {
      const mark = kind === 'history' ? (node.deep === true ? '[H*] ' : '[H] ') : '';
      const own = facts(node).map((fact) => `${name} : ${fact}`);
      return [`state "${mermaidText(mark + label)}" as ${name}`, ...own];
    }
    // A state with states inside can have nothing but a label.
    const head = `state "${[mermaidText(label), ...facts(node)].join('<br/>')}" as ${name} {`;
    const scopes =
      kind === 'parallel'
        ? children.map((child) => scope([child], scopeKey(tree, id, child.id)))
        : [scope(children, scopeKey(tree, id, undefined))];
    return [head, ...scopes.flatMap((lines, index) => [...(index === 0 ? [] : ['--']), ...indent(lines)]), '}'];
  };

  const title = `accTitle: ${mermaidText(`The machine ${graph.name}`)}`;
  const lines = [title, ...scope(tree.children(undefined), scopeKey(tree, undefined, undefined)), ...arrows.outside];
  return `${['stateDiagram-v2', ...indent(lines)].join('\n')}\n`;
}

/** Mermaid makes the points at which states begin by itself. */
function isDeclared({ kind }: GraphNode): boolean {
  return kind !== 'initial';
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
