import type { BodyNode, CallNode, StepNode } from '../../model/index.ts';

/** Every step of a body and of the bodies in it, in document order. */
export function* stepsOf(body: BodyNode): Generator<StepNode> {
  for (const step of body.steps) {
    yield step;
    for (const inner of bodiesOf(step)) yield* stepsOf(inner);
  }
}

function bodiesOf(step: StepNode): readonly BodyNode[] {
  switch (step.kind) {
    case 'parallel':
    case 'race':
      return step.bodies.map(({ body }) => body);
    case 'branch':
      return step.cases.map(({ body }) => body);
    case 'map':
    case 'repeat':
      return [step.body];
    case 'attempt':
      return [step.body, step.handler];
    case 'step':
    case 'graph':
    case 'waitFor':
    case 'approve':
    case 'sleep':
    case 'emit':
    case 'returns':
      return [];
  }
}

/** The calls that a step makes itself. */
export function callsOf(step: StepNode): readonly CallNode[] {
  if (step.kind === 'step') return step.undo === undefined ? [step.call] : [step.call, step.undo];
  if (step.kind === 'emit') return [step.call];
  return step.kind === 'graph' ? step.nodes.map((node) => node.call) : [];
}
