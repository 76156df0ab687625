import type { BodyNode, FlowNode, StepNode } from '../nodes/flow.ts';
import { stepParts } from './step-parts.ts';

/** The last piece of a step's path: its id; `returns` has none. */
export function stepName(step: StepNode): string {
  return step.kind === 'returns' ? '~returns' : step.id;
}

/** What a walk knows about the place of a step. */
export interface StepPlace {
  /** The path below the flow, such as `prepared/stock/held/line`. */
  readonly path: string;
  readonly body: BodyNode;
  readonly index: number;
  /** The steps around it, the outermost first. */
  readonly parents: readonly StepNode[];
}

/**
 * Calls back for every step of a flow in document order, a step before those below it. Paths are those of the journal
 * without the numbers that maps and repeats add at run time.
 *
 * @example
 * ```ts
 * import { visitSteps, type FlowNode } from 'millrace/model';
 *
 * const paths = (flow: FlowNode) => {
 *   const all: string[] = [];
 *   visitSteps(flow, (_step, { path }) => all.push(path));
 *   return all; // ['payment', 'prepared', 'prepared/stock/held', 'prepared/stock/held/line']
 * };
 * ```
 */
export function visitSteps(flow: FlowNode, visit: (step: StepNode, place: StepPlace) => void): void {
  const walk = (body: BodyNode, prefix: string, parents: readonly StepNode[]): void => {
    for (const [index, step] of body.steps.entries()) {
      const path = `${prefix}${stepName(step)}`;
      visit(step, { path, body, index, parents });
      for (const { name, body: inner } of stepParts(step).bodies ?? []) {
        walk(inner, name === undefined ? `${path}/` : `${path}/${name}/`, [...parents, step]);
      }
    }
  };
  walk(flow.body, '', []);
}

/** Calls back for every body of a flow with its path: '' for the flow's own, `prepared/stock` for one below. */
export function visitBodies(
  flow: FlowNode,
  visit: (body: BodyNode, path: string, owner: StepNode | undefined) => void,
): void {
  visit(flow.body, '', undefined);
  visitSteps(flow, (step, { path }) => {
    for (const { name, body } of stepParts(step).bodies ?? [])
      visit(body, name === undefined ? path : `${path}/${name}`, step);
  });
}
