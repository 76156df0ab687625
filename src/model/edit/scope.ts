import type { BodyNode, FlowNode, StepNode } from '../nodes/flow.ts';
import { stepName } from '../visit/steps.ts';
import { stepParts } from '../visit/step-parts.ts';
import type { CodeSite } from './rename/code.ts';

/** What every lambda of a flow, or one in some places, has in its scope. */
export const scopeWords: ReadonlySet<string> = new Set(['input', 'item', 'index', 'error', 'now', 'runId', 'value']);

/** Where a step stands in its flow. */
export interface ScopePlace {
  readonly step: StepNode;
  readonly index: number;
  /** The bodies around it, the flow's own first, each with the index of the step that goes on inwards, or of itself. */
  readonly around: readonly { readonly body: BodyNode; readonly index: number }[];
}

/** Finds the place of a step, which is the one in that list at that index. */
export function scopePlace(flow: FlowNode, list: unknown, index: number): ScopePlace | undefined {
  const look = (body: BodyNode, around: ScopePlace['around']): ScopePlace | undefined => {
    if ((body.steps as unknown) === list) {
      const step = body.steps[index];
      return step && { step, index, around: [...around, { body, index }] };
    }
    for (const [at, step] of body.steps.entries()) {
      for (const { body: inner } of stepParts(step).bodies ?? []) {
        const found = look(inner, [...around, { body, index: at }]);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  };
  return look(flow.body, []);
}

/** The code that has the result of a step in its scope: its own undo, and all that comes behind it in its body. */
export function readersOf({ step, index, around }: ScopePlace): readonly CodeSite[] {
  const name = stepName(step);
  const sites: CodeSite[] = [];
  const add = (key: string, one: StepNode): void => {
    for (const part of stepParts(one).calls ?? []) {
      const isAsked = part.key === key || (key === '' && part.key !== '~undo');
      // A node of a graph sees the nodes that it needs under their names.
      const hides =
        one.kind === 'graph' && one.nodes.some((node) => node.name === part.key && node.needs.includes(name));
      if (isAsked && !hides) sites.push({ node: part.call.lambda, call: part.call });
    }
  };
  const inBody = (steps: readonly StepNode[]): void => {
    for (const one of steps) {
      add('', one);
      for (const part of stepParts(one).code ?? []) sites.push({ node: part.node });
      for (const { body } of stepParts(one).bodies ?? []) inBody(body.steps);
      // From here on the name means another step.
      if (one.kind !== 'returns' && one.id === name) return;
      add('~undo', one);
    }
  };
  add('~undo', step);
  inBody(around.at(-1)?.body.steps.slice(index + 1) ?? []);
  return sites;
}

/** The step that stands in the way of a name for a step at some place; nothing when it is free. */
export function takenBy(place: ScopePlace, name: string): StepNode | undefined {
  for (const { body, index } of place.around) {
    const before = body.steps.slice(0, index).find((step) => stepName(step) === name);
    if (before !== undefined) return before;
  }
  const last = place.around.at(-1);
  return last && behind(last.body.steps.slice(last.index + 1), name);
}

/** The first step of that name in some steps, however deep. */
function behind(steps: readonly StepNode[], name: string): StepNode | undefined {
  for (const step of steps) {
    if (stepName(step) === name) return step;
    if (step.kind === 'graph' && step.nodes.some((node) => node.name === name)) return step;
    for (const { body } of stepParts(step).bodies ?? []) {
      const found = behind(body.steps, name);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
