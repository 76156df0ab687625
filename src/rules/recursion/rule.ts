import type { FlowNode, Location, StepNode, SystemModel } from '../../model/index.ts';
import { stepParts } from '../../model/visit/index.ts';
import { findCycle } from '../kit/cycle.ts';
import type { Rule } from '../rule.ts';

/** A run of one flow as a child of another. */
interface Child {
  readonly flow: string;
  /** Does the child start in every run of its parent that gets that far? */
  readonly always: boolean;
  readonly location: Location;
}

/** A flow that starts itself as a child, by itself or through others, must have a way not to. */
export const recursion: Rule = {
  code: 'MR1209',
  name: 'recursion',
  severity: 'error',
  alsoWarns: true,
  check(model: SystemModel, report) {
    const children = new Map(Object.values(model.flows).map((flow) => [flow.name, childrenOf(flow)]));
    const reported = new Set<string>();
    for (const always of [true, false]) {
      const next = (name: string): readonly string[] =>
        (children.get(name) ?? []).filter((child) => child.always || !always).map(({ flow }) => flow);
      for (const name of children.keys()) {
        const cycle = findCycle(name, next);
        if (cycle === undefined || cycle.some((flow) => reported.has(flow))) continue;
        for (const flow of cycle) reported.add(flow);
        const call = children.get(name)?.find(({ flow }) => flow === cycle[1]);
        const way = cycle.map((flow) => `'${flow}'`).join(' → ');
        report({
          severity: always ? 'error' : 'warning',
          message: always
            ? `Flow '${name}' starts itself and never stops: ${way}.`
            : `Flow '${name}' may start itself: ${way}.`,
          hint: always
            ? 'Put the child into a branch that ends, or use repeat.'
            : 'That is fine as long as each run comes nearer to an end. For a fixed number of times, repeat is simpler.',
          path: `flows.${name}`,
          location: call?.location ?? model.location,
          context: { ids: cycle.slice(0, -1) },
        });
      }
    }
  },
};

function childrenOf(flow: FlowNode): readonly Child[] {
  const found: Child[] = [];
  const add = (target: { readonly kind: string; readonly name: string }, location: Location, always: boolean): void => {
    if (target.kind === 'flow') found.push({ flow: target.name, always, location });
  };
  const walk = (steps: readonly StepNode[], always: boolean): void => {
    for (const step of steps) {
      const { calls = [], bodies = [] } = stepParts(step);
      for (const { key, call } of calls) add(call.target, call.location, always && key !== '~undo');
      for (const { name, body } of bodies) walk(body.steps, always && isCertain(step, name));
    }
  };
  walk(flow.body.steps, true);
  if (flow.onFailure !== undefined) add(flow.onFailure.target, flow.onFailure.location, false);
  return found;
}

/** Does this body of a step run whenever the step does? */
function isCertain(step: StepNode, body: string | undefined): boolean {
  if (step.kind === 'branch' || step.kind === 'map') return false;
  return step.kind !== 'attempt' || body === 'try';
}
