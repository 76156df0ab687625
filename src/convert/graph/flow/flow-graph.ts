import type { BodyNode, FlowNode, Location, StepNode, SystemModel } from '../../../model/index.ts';
import { stepName } from '../../../model/visit/index.ts';
import type { Graph, GraphDetail, GraphEdge, GraphEdgeKind, GraphNode } from '../graph.ts';
import { flowDetails, stepDetails } from './step-details.ts';

/** Where the next step goes on from: a node, or a case of a branch. */
interface Exit {
  readonly from: string;
  /** The name of the case, and its path. */
  readonly case?: string;
  readonly path?: string;
}

/** Where a body stands. */
interface Inside {
  /** The node around it. */
  readonly parent?: string;
  /** What its steps' paths begin with. */
  readonly prefix: string;
}

/**
 * A flow as nodes and edges: every step once, in document order, with its place in the source. Steps below a `parallel`,
 * `race`, `map`, `repeat`, `attempt` or `graph` have it (or its part) as their parent; the cases of a `branch` are paths
 * that leave it and meet again.
 *
 * @example
 * ```ts
 * import { flowGraph } from 'millrace/convert';
 * import type { SystemModel } from 'millrace/model';
 *
 * export function waits(model: SystemModel, name: string): readonly string[] {
 *   const flow = model.flows[name];
 *   if (flow === undefined) return [];
 *   return flowGraph(flow, model).nodes.flatMap(({ kind, id }) => (kind === 'waitFor' ? [id] : []));
 * }
 * ```
 */
export function flowGraph(flow: FlowNode, model: SystemModel): Graph {
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  const add = (id: string, kind: GraphNode['kind'], label: string, at: Location, more: Partial<GraphNode> = {}): void =>
    void nodes.push({ id, kind, label, details: [], ...more, location: at });
  const join = (exits: readonly Exit[], to: string, location: Location, otherwise: GraphEdgeKind = 'next'): void => {
    for (const { from, case: name, path = from } of exits) {
      const kind = name === undefined ? otherwise : 'case';
      const named = name === undefined ? {} : { trigger: name };
      edges.push({ id: `${path}>${to}`, kind, from, to, label: name ?? '', ...named, location });
    }
  };

  const sequence = ({ steps }: BodyNode, inside: Inside, before: readonly Exit[]): readonly Exit[] => {
    let exits = before;
    for (const step of steps) {
      const id = `${inside.prefix}${stepName(step)}`;
      const parent = inside.parent === undefined ? {} : { parent: inside.parent };
      const label = step.kind === 'returns' ? 'returns' : step.id;
      add(id, kindOf(step), label, step.location, { ...parent, details: stepDetails(step, model) });
      join(exits, id, step.location);
      exits = below(step, id, inside);
    }
    return exits;
  };
  const part = (id: string, label: string, body: BodyNode, parent: string): void => {
    add(id, 'part', label, body.location, { parent });
    sequence(body, { parent: id, prefix: `${id}/` }, []);
  };
  const below = (step: StepNode, id: string, inside: Inside): readonly Exit[] => {
    switch (step.kind) {
      case 'branch':
        return step.cases.flatMap(({ name, body }) => {
          const path = `${id}/${name}`;
          return sequence(body, { ...inside, prefix: `${path}/` }, [{ from: id, case: name, path }]);
        });
      case 'parallel':
      case 'race':
        for (const { name, body } of step.bodies) part(`${id}/${name}`, name, body, id);
        break;
      case 'attempt':
        part(`${id}/try`, 'try', step.body, id);
        part(`${id}/catch`, 'when it fails', step.handler, id);
        join([{ from: `${id}/try` }], `${id}/catch`, step.handler.location, 'failure');
        break;
      case 'map':
        sequence(step.body, { parent: id, prefix: `${id}/` }, []);
        break;
      case 'repeat': {
        const ends = sequence(step.body, { parent: id, prefix: `${id}/` }, []);
        const [first] = step.body.steps;
        if (first !== undefined) join(ends, `${id}/${stepName(first)}`, step.until.location, 'again');
        break;
      }
      case 'graph':
        for (const { name, needs, call, location } of step.nodes) {
          const details: readonly GraphDetail[] = [{ kind: 'call', text: call.target.name, target: call.target }];
          add(`${id}/${name}`, targetKind(call.target.kind), name, location, { parent: id, details });
          join(
            needs.map((need) => ({ from: `${id}/${need}` })),
            `${id}/${name}`,
            location,
            'needs',
          );
        }
        break;
      default:
    }
    return [{ from: id }];
  };

  add('~start', 'start', flow.name, flow.location, { details: flowDetails(flow) });
  join(sequence(flow.body, { prefix: '' }, [{ from: '~start' }]), '~end', flow.body.location);
  add('~end', 'end', 'end', flow.body.location);
  const { name, description, location } = flow;
  return { kind: 'flow', name, ...(description === undefined ? {} : { description }), nodes, edges, location };
}

function kindOf(step: StepNode): GraphNode['kind'] {
  return step.kind === 'step' ? targetKind(step.call.target.kind) : step.kind;
}

function targetKind(kind: 'task' | 'flow' | 'event' | 'machine'): 'task' | 'flow' | 'machine' {
  return kind === 'event' ? 'task' : kind;
}
