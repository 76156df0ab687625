import type { FlowNode, StepNode, StepOf } from '../../nodes/flow.ts';
import type { Location } from '../../nodes/location.ts';
import { renameGiven, renameMemberOf } from '../../text/rename.ts';
import { scan } from '../../text/scan.ts';
import type { Step } from '../find.ts';
import type { Place } from '../place.ts';
import { refuse } from '../problem.ts';
import { readersOf, scopePlace, scopeWords, takenBy, type ScopePlace } from '../scope.ts';
import { put } from '../grammar.ts';
import { changeCode, checkReached, type CodeSite } from './code.ts';

function checkId(to: string, location: Location, what: string): void {
  if (/[/[\]~]|^\s*$/.test(to)) {
    refuse(
      'MR1782',
      location,
      `'${to}' cannot be the ${what}: it must not hold any of / [ ] ~, of which paths are made.`,
    );
  }
}

function placeOf(flow: FlowNode, list: unknown, index: number): ScopePlace {
  const place = scopePlace(flow, list, index);
  if (place === undefined) throw new RangeError(`The step is not in flow '${flow.name}'.`);
  return place;
}

/** Gives a step another id, also in the lambdas that read its result. */
export function renameStep(step: Step, place: Place, to: string): void {
  const flow = step.work.open('flows', place.definition ?? '') as unknown as FlowNode;
  const scope = placeOf(flow, place.owner, Number(place.key));
  const { location } = place;
  if (scope.step.kind === 'returns') refuse('MR1787', location, `'returns' has no name.`);
  checkId(to, location, 'id of a step');
  if (scopeWords.has(to)) {
    refuse(
      'MR1782',
      location,
      `'${to}' cannot be the id of a step: lambdas have something else of that name in their scope.`,
    );
  }
  const taken = takenBy(scope, to);
  if (taken !== undefined) {
    refuse('MR1782', location, `where '${place.name}' can be read there is a step '${to}' already.`, {
      related: [{ message: 'it stands here', location: taken.location }],
    });
  }
  follow(step, readersOf(scope), place.name, to);
  put(scope.step, 'id', to);
}

function follow(step: Step, sites: readonly CodeSite[], from: string, to: string): void {
  const what = `The new name of '${from}'`;
  checkReached(step.work.model, sites, what, (text) => hasWord(text, from));
  changeCode(
    sites.filter(({ node }) => node.kind === 'expression' && node.lambda !== undefined),
    what,
    (text) => renameGiven(text, from, to),
  );
}

/** Does code have the word as a name, a member, or a text? */
function hasWord(text: string, word: string): boolean {
  const has = (tokens: ReturnType<typeof scan>): boolean =>
    tokens === undefined ||
    tokens.some(
      ({ value, parts = [] }) => value === word || parts.some((part) => typeof part !== 'string' && has(part.code)),
    );
  return has(scan(text));
}

/** Gives a part of a step that runs several another name, also where its value is read. */
export function renamePart(step: Step, place: Place, to: string): void {
  const flow = step.work.open('flows', place.definition ?? '') as unknown as FlowNode;
  const { location, name } = place;
  const scope = ownerOf(flow, place.owner);
  const owner = scope.step as StepOf<'parallel'> | StepOf<'race'> | StepOf<'branch'>;
  if (owner.kind === 'branch') {
    refuse('MR1787', location, `a case is called like the value that it is for.`, {
      hint: 'Remove it, and add another one.',
    });
  }
  checkId(to, location, 'name of a part');
  if (owner.bodies.some((part) => part.name === to)) {
    refuse('MR1782', location, `step '${owner.id}' has a part '${to}' already.`);
  }
  checkValue(scope, name);
  const what = `The new name of '${name}'`;
  const readers = readersOf(scope);
  checkReached(step.work.model, readers, what, (text) => hasWord(text, owner.id));
  changeCode(readers.filter(isLambda), what, (text) => {
    if (owner.kind !== 'race') return renameMemberOf(text, owner.id, name, to);
    const reads = renameGiven(text, owner.id, `${owner.id}_`);
    const isRead = 'problem' in reads || reads.splices.length > 0;
    return isRead ? { problem: 'it may compare the name of who has won', offset: 0 } : reads;
  });
  put((place.owner as object[])[Number(place.key)] as object, 'name', to);
}

const isLambda = ({ node }: CodeSite): boolean => node.kind === 'expression' && node.lambda !== undefined;

/** Gives a node of a graph another name: also in what others need, and where its result is read. */
export function renameNode(step: Step, place: Place, to: string): void {
  const flow = step.work.open('flows', place.definition ?? '') as unknown as FlowNode;
  const { location, name } = place;
  const scope = ownerOf(flow, place.owner);
  const graph = scope.step as StepOf<'graph'>;
  checkId(to, location, 'name of a node');
  const taken = scope.around
    .flatMap(({ body, index }) => body.steps.slice(0, index))
    .find((one) => one.kind !== 'returns' && one.id === to);
  if (taken !== undefined || scopeWords.has(to) || graph.nodes.some((node) => node.name === to)) {
    refuse('MR1782', location, `where node '${name}' can be read there is something called '${to}' already.`);
  }
  checkValue(scope, name);
  const readers = readersOf(scope);
  const what = `The new name of '${name}'`;
  const needing = graph.nodes.filter(({ needs }) => needs.includes(name));
  follow(
    step,
    needing.map(({ call }) => ({ node: call.lambda, call })),
    name,
    to,
  );
  checkReached(step.work.model, readers, what, (text) => hasWord(text, graph.id));
  changeCode(readers.filter(isLambda), what, (text) => renameMemberOf(text, graph.id, name, to));
  for (const { needs } of graph.nodes)
    for (const [index, need] of needs.entries()) if (need === name) put(needs, index, to);
  put((place.owner as object[])[Number(place.key)] as object, 'name', to);
}

/** The step that owns a list of parts or nodes. */
function ownerOf(flow: FlowNode, list: unknown): ScopePlace {
  const look = (steps: readonly StepNode[]): ScopePlace | undefined => {
    for (const [index, step] of steps.entries()) {
      const own =
        step.kind === 'graph'
          ? step.nodes
          : step.kind === 'branch'
            ? step.cases
            : 'bodies' in step
              ? step.bodies
              : undefined;
      if ((own as unknown) === list) return scopePlace(flow, steps, index);
      const bodies = [...(own ?? []), step].flatMap((part) => ('body' in part ? [part.body] : []));
      if (step.kind === 'attempt') bodies.push(step.handler);
      for (const body of bodies) {
        const found = look(body.steps);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  };
  const found = look(flow.body.steps);
  if (found === undefined) throw new RangeError(`The part is not in flow '${flow.name}'.`);
  return found;
}

/** The value of the last step is that of its body: whoever takes that reads the names of the parts. */
function checkValue({ step, around }: ScopePlace, name: string): void {
  const last = around.at(-1)?.body.steps.at(-1);
  if (last !== step) return;
  refuse(
    'MR1786',
    step.location,
    `the value of the body ends with that of its last step, so '${name}' may be read elsewhere.`,
    {
      hint: "End the body with a 'returns' that names its parts.",
    },
  );
}
