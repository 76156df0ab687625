import type { Graph, GraphEdge, GraphNode } from '../graph.ts';
import { labelText } from '../label.ts';
import { sizes } from '../layout/boxes.ts';
import { layoutGraph } from '../layout/layout-graph.ts';
import { textWidth } from '../layout/measure.ts';
import type { PositionedEdge, PositionedNode, TextLine } from '../layout/positioned.ts';
import { drawShape } from './shape.ts';
import { style } from './style.ts';
import { drawWay } from './way.ts';
import { xmlText } from './xml.ts';

/** Space around the picture. */
const margin = 6;

/**
 * A graph as a picture that stands for itself: system fonts, light and dark as the page asks for, a title for screen
 * readers; each node and edge carries its `data-id`. The same graph always gives the same bytes.
 *
 * @example
 * ```ts
 * import { flowGraph, graphSvg } from 'millrace/convert';
 * import type { FlowNode, SystemModel } from 'millrace/model';
 *
 * export const picture = (flow: FlowNode, model: SystemModel) => graphSvg(flowGraph(flow, model));
 * ```
 */
export function graphSvg(graph: Graph): string {
  const { width, height, nodes, edges } = layoutGraph(graph);
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const ends = new Set(graph.edges.flatMap(({ from, to, targetless }) => (targetless === true ? [] : [from, to])));
  const machine = graph.kind === 'machine';
  const shape = (placed: PositionedNode): string => {
    const parent = placed.node.parent === undefined ? undefined : byId.get(placed.node.parent);
    return group(
      'node',
      placed.node,
      drawShape(placed, { parent, machine, touched: ends.has(placed.node.id) }) +
        (placed.container ? '' : texts(placed)),
    );
  };
  const isRegion = ({ node: { parent } }: PositionedNode): boolean =>
    machine && parent !== undefined && byId.get(parent)?.kind === 'parallel';
  const containers = nodes.filter(({ container }) => container);
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" class="mr-graph" role="img" aria-label="${xmlText(summary(graph))}" width="${width + 2 * margin}" height="${height + 2 * margin}" viewBox="${-margin} ${-margin} ${width + 2 * margin} ${height + 2 * margin}">`,
    `<title>${xmlText(`The ${graph.kind} ${graph.name}`)}</title>`,
    `<desc>${xmlText(graph.description ?? summary(graph))}</desc>`,
    `<style>${style}</style>`,
    `<rect class="page" x="${-margin}" y="${-margin}" width="${width + 2 * margin}" height="${height + 2 * margin}" rx="6"/>`,
    ...containers.map(shape),
    ...edges.map((placed) => way(placed)),
    ...nodes.filter(({ container }) => !container).map(shape),
    // What is written stands above all lines.
    ...containers.map(
      (placed) => `<g class="head ${placed.node.kind}">${backs(placed, isRegion(placed))}${texts(placed)}</g>`,
    ),
    ...edges.flatMap((placed) => (placed.label === undefined ? [] : [label(placed, placed.label)])),
    '</svg>',
  ];
  return `${lines.join('\n')}\n`;
}

function summary({ kind, name, nodes, edges }: Graph): string {
  if (kind === 'flow') return `The flow ${name}: ${nodes.length - 2} steps and parts.`;
  const states = nodes.filter((node) => node.kind !== 'initial' && node.kind !== 'fork').length;
  const transitions = edges.filter((edge) => edge.trigger !== undefined).length;
  return `The machine ${name}: ${states} states, ${transitions} transitions.`;
}

function group(className: string, { id, kind, label, details, description }: GraphNode, inner: string): string {
  const told = [label, ...details.map((detail) => detail.text), ...(description === undefined ? [] : [description])];
  const title = label === '' ? '' : `<title>${xmlText(told.join('\n'))}</title>`;
  return `<g class="${className} ${kind}" data-id="${xmlText(id)}">${title}${inner}</g>`;
}

function way({ edge, points }: PositionedEdge): string {
  const { line, tip } = drawWay(points);
  return `<g class="edge ${edge.kind}" data-id="${xmlText(edge.id)}">${tooltip(edge)}<path class="way" d="${line}"/><path class="tip" d="${tip}"/></g>`;
}

function label(
  { edge }: PositionedEdge,
  { x, y, width, height, lines, depth }: NonNullable<PositionedEdge['label']>,
): string {
  const under = depth === 0 ? 0 : ((depth - 1) % 2) + 1;
  const back = `<rect class="under${under}" x="${x}" y="${y}" width="${width}" height="${height}" rx="4" fill-opacity=".9"/>`;
  const words = lines.map((line) => text(line, true)).join('');
  return `<g class="label ${edge.kind}" data-for="${xmlText(edge.id)}">${tooltip(edge)}${back}${words}</g>`;
}

/** All of the code, of which the picture shows the beginning. */
function tooltip(edge: GraphEdge): string {
  const { trigger, guard, actions = [], description } = edge;
  if (trigger === undefined) return '';
  const whole = [
    trigger,
    ...(guard === undefined ? [] : [`[${guard}]`]),
    ...(actions.length === 0 ? [] : [labelText({ actions })]),
  ];
  return `<title>${xmlText([whole.join(' '), ...(description === undefined ? [] : [description])].join(': '))}</title>`;
}

/** Edges go into a state behind what is written in its head. A region shows the ground of what is around it. */
function backs({ lines, depth }: PositionedNode, isRegion: boolean): string {
  const under = ((isRegion ? depth + 1 : depth) % 2) + 1;
  return lines
    .map(({ text: content, role, x, y }) => {
      const title = role === 'title';
      const width = textWidth(content, title ? sizes.title : sizes.detail, title ? 'bold' : 'normal') + 6;
      return `<rect class="under${under}" x="${x - 3}" y="${Math.round((y - 14) * 10) / 10}" width="${width}" height="18" rx="4"/>`;
    })
    .join('');
}

function texts({ lines, centred }: PositionedNode): string {
  return lines.map((line) => text(line, centred)).join('');
}

function text({ text: content, role, x, y }: TextLine, centred: boolean): string {
  return `<text class="${centred ? 'middle ' : ''}${role}" x="${x}" y="${y}">${xmlText(content)}</text>`;
}
