import { nearest } from '../../core/index.ts';
import type { BodyNode, StepNode } from '../../model/index.ts';
import { checkCount } from '../define/common.ts';
import type { Reading } from '../reading.ts';
import { lambdaOf } from '../scope/expression.ts';
import { locate } from '../syntax/location.ts';
import { bare, follow } from '../value/follow.ts';
import { members, wrong, type Reader } from '../value/readers.ts';
import { chainOf, type Link } from './chain.ts';
import { readStep, verbs, type NamedBody } from './steps.ts';
import { call } from '../define/call.ts';

/** The steps of a flow or a part of one: `(f) => f.step(…).step(…)`. */
export const body: Reader<BodyNode> = (reading, site) => {
  const found =
    lambdaOf(site.node) === undefined ? follow(reading, site) : { module: site.module, node: bare(site.node) };
  const lambda = found && lambdaOf(found.node);
  if (found === undefined) return undefined;
  if (lambda === undefined) return wrong(reading, found, 'a body', 'Write `(f) => f.step(…)`.');
  const inner = { module: found.module, node: lambda };
  return reading.once(inner, () => {
    const links = chainOf(reading, inner, 'f', 'step');
    return links === undefined
      ? undefined
      : { kind: 'body' as const, steps: stepsOf(reading, links), location: locate(inner) };
  });
};

/** Named bodies: `{ stock: (f) => …, label: (f) => … }`. */
export const bodies: Reader<readonly NamedBody[]> = (reading, site) =>
  members(reading, site, 'an object of bodies')?.flatMap(({ key, value }) => {
    const inner = body(reading, value);
    return inner === undefined ? [] : [{ name: key, body: inner }];
  });

function stepsOf(reading: Reading, links: readonly Link[]): StepNode[] {
  const steps: StepNode[] = [];
  for (const link of links) {
    if (link.verb === 'undo') addUndo(reading, steps, link);
    else {
      const step = verbs.has(link.verb) ? readStep(reading, link, { body, bodies }) : unknownVerb(reading, link);
      if (step !== undefined) steps.push(step);
    }
  }
  return steps;
}

function addUndo(reading: Reading, steps: StepNode[], link: Link): void {
  const { module, call: node } = link;
  checkCount(reading, { module, node }, 'undo', 1, 1, link.name);
  const [first] = node.arguments;
  const undo = first && call('task', 'flow')(reading, { module, node: first });
  const last = steps.at(-1);
  if (last?.kind !== 'step' || last.undo !== undefined || link.previous !== 'step') {
    reading.report('MR1120', { module, node: link.name }, 'An undo must stand right after the step that it undoes.', {
      hint: "Write `.step('pay', …).undo(…)`; inside a map or a branch the undo belongs to the step there.",
    });
  } else if (undo !== undefined) steps[steps.length - 1] = { ...last, undo };
}

function unknownVerb(reading: Reading, { module, name, verb }: Link): undefined {
  const known = [...verbs, 'undo'];
  const guess = nearest(verb, known);
  return reading.report('MR1117', { module, node: name }, `A flow has no '${verb}'.`, {
    hint: `${guess === undefined ? '' : `Did you mean '${guess}'? `}Known are: ${known.join(', ')}.`,
    rename: guess,
  });
}
