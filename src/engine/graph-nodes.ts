import type { At, Call, GraphNodes } from '../flow/index.ts';
import { RunError } from './errors.ts';

/** One node of a graph. */
export interface GraphNode {
  readonly name: string;
  readonly needs: readonly string[];
  readonly at: At;
  readonly call: (done: Readonly<Record<string, unknown>>) => Call<unknown>;
}

/** The nodes that a graph declares, in order. */
export function declared(build: (nodes: GraphNodes<unknown>) => unknown): readonly GraphNode[] {
  const nodes: GraphNode[] = [];
  const recorder = {
    node(name: string, call: GraphNode['call'], options: { readonly at: At; readonly needs?: readonly string[] }) {
      nodes.push({ name, needs: options.needs ?? [], at: options.at, call });
      return recorder;
    },
  };
  build(recorder as unknown as GraphNodes<unknown>);
  return nodes;
}

/**
 * Checks that all nodes can come to their turn.
 *
 * @throws RunError MR3236: two of one name, a need that is not there, or needs in a circle, which it names.
 */
export function checkNodes(nodes: readonly GraphNode[], path: string): void {
  const known = new Map<string, GraphNode>();
  for (const node of nodes) {
    if (known.has(node.name)) throw refused(path, `it has two nodes '${node.name}'`);
    known.set(node.name, node);
  }
  const missing = nodes.flatMap(({ name, needs }) =>
    needs.flatMap((need) => (known.has(need) ? [] : [`'${name}' needs '${need}', which it does not have`])),
  );
  if (missing.length > 0) throw refused(path, missing.join('; '));
  // What is left when everything that can run has run waits for itself.
  const ended = new Set<string>();
  for (let before = -1; before < ended.size;) {
    before = ended.size;
    for (const { name, needs } of nodes) if (needs.every((need) => ended.has(need))) ended.add(name);
  }
  const stuck = nodes.filter(({ name }) => !ended.has(name));
  if (stuck.length === 0) return;
  const circle: string[] = [];
  for (let node = stuck[0]; node !== undefined && !circle.includes(node.name);) {
    circle.push(node.name);
    const next = node.needs.find((need) => !ended.has(need));
    node = next === undefined ? undefined : known.get(next);
    if (node !== undefined && circle.includes(node.name)) {
      const round = [...circle.slice(circle.indexOf(node.name)), node.name].map((name) => `'${name}'`);
      const others = stuck.map(({ name }) => `'${name}'`).join(', ');
      throw refused(path, `its nodes need each other (${round.join(' → ')}), so these would wait for ever: ${others}`);
    }
  }
}

/** The failure of a graph in which nothing can run, although not everything has ended. */
export function stuckGraph(path: string, stuck: readonly GraphNode[]): RunError {
  return refused(
    path,
    `these nodes wait, and nothing runs that they could wait for: ${stuck.map(({ name }) => `'${name}'`).join(', ')}`,
  );
}

function refused(path: string, why: string): RunError {
  return new RunError('MR3236', `The graph '${path}' cannot run: ${why}.`, {
    fault: 'user-code',
    details: { step: path },
  });
}
