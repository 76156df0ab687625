import type { BodyNode, CallNode, FlowNode, StepKind, StepNode, StepOf } from '../nodes/flow.ts';
import { stepName } from '../visit/steps.ts';
import { stepParts } from '../visit/step-parts.ts';
import { pathName } from '../edit/path.ts';
import { callers, runs, type Break, type Comparison } from './change.ts';
import { commonRules, compareFields, compareNamed, harmless, type FieldRules } from './definitions.ts';
import { compareSchema } from './schemas.ts';

const flowRules: FieldRules<FlowNode> = {
  ...commonRules,
  input: 'elsewhere',
  output: 'elsewhere',
  on: ({ on }) => (on === undefined ? [] : [callers(`event '${on}' starts it no longer`)]),
  schedule: harmless,
  http: ({ http }) => (http === undefined ? [] : [callers(`'${http}' starts it no longer`)]),
  onFailure: harmless,
  timeout: harmless,
  body: 'elsewhere',
};

/**
 * Compares two versions of a flow: for callers, and for runs in flight, which go on only when the new code asks for
 * exactly what they have recorded.
 */
export function compareFlows(comparison: Comparison, before: FlowNode, after: FlowNode, path: string): void {
  const what = `flow '${before.name}'`;
  compareFields(comparison, path, what, before, after, flowRules);
  compareSchema(comparison, `${path}.input`, `the input of ${what}`, 'given', before.input, after.input);
  compareSchema(comparison, `${path}.output`, `the output of ${what}`, 'taken', before.output, after.output);
  compareBodies(comparison, before.body, after.body, { flow: what, path: `${path}.body.`, followed: false });
}

interface Place {
  readonly flow: string;
  /** What the paths of the steps begin with. */
  readonly path: string;
  /** Does a step that runs may have recorded come after this body? */
  readonly followed: boolean;
}

function compareBodies(comparison: Comparison, before: BodyNode, after: BodyNode, place: Place): void {
  const steps = ({ steps: all }: BodyNode) => new Map(all.map((step) => [stepName(step), step]));
  const old = steps(before);
  const next = steps(after);
  const stayed = [...old.keys()].filter((name) => next.has(name));
  const order = [...next.keys()].filter((name) => old.has(name));
  const leavesRecord = (step: StepNode): boolean => step.kind !== 'returns';
  const isFollowed = (name: string): boolean => {
    const names = [...next.keys()];
    return (
      place.followed ||
      names.slice(names.indexOf(name) + 1).some((later) => old.has(later) && leavesRecord(next.get(later) as StepNode))
    );
  };
  compareNamed(comparison, old, next, {
    path: (name) => `${place.path}${pathName(name)}`,
    what: (name) => `Step '${name}' of ${place.flow}`,
    added: (step) =>
      leavesRecord(step) && isFollowed(stepName(step))
        ? [runs('a run that is past this place has no record of it and is blocked')]
        : [],
    removed: (step) =>
      leavesRecord(step) ? [runs('a run that has recorded it cannot follow the new code and is blocked')] : [],
    compare: (a, b, name) =>
      compareSteps(comparison, a, b, { ...place, path: `${place.path}${pathName(name)}`, followed: isFollowed(name) }),
  });
  if (stayed.join('\n') === order.join('\n')) return;
  comparison.report({
    kind: 'changed',
    path: place.path.replace(/[./]$/, ''),
    message: `The steps of ${place.flow} change places: ${order.join(', ')}.`,
    breaks: [runs('a run in flight has recorded them in the old order and is blocked')],
    before: before.location,
    after: after.location,
  });
}

/** The fields that a record of the journal depends on. All others say how a step is done, not what it is. */
const recorded: { readonly [K in StepKind]: readonly (keyof StepOf<K>)[] } = {
  step: ['call'],
  parallel: [],
  branch: ['on'],
  map: ['over'],
  repeat: ['until', 'max'],
  graph: ['nodes'],
  race: [],
  attempt: [],
  waitFor: ['event', 'match'],
  approve: ['form'],
  sleep: ['time'],
  emit: ['call'],
  returns: [],
};
/** Bodies are compared step by step. */
const elsewhere: ReadonlySet<string> = new Set(['location', 'bodies', 'cases', 'body', 'handler']);

function compareSteps(comparison: Comparison, before: StepNode, after: StepNode, place: Place): void {
  const what = `step '${stepName(before)}' of ${place.flow}`;
  const report = (message: string, breaks: readonly Break[], field?: string): void =>
    comparison.report({
      kind: 'changed',
      path: field === undefined ? place.path : `${place.path}.${field}`,
      message,
      breaks,
      before: before.location,
      after: after.location,
    });
  if (before.kind !== after.kind) {
    report(`${upper(what)} is a '${after.kind}' instead of a '${before.kind}'.`, [
      runs('a run that has recorded it cannot follow the new code and is blocked'),
    ]);
    return;
  }
  const fields = new Set([...Object.keys(before), ...Object.keys(after)]) as ReadonlySet<keyof StepNode>;
  for (const field of fields) {
    if (elsewhere.has(field) || comparison.sameField<StepNode>(before, after, field)) continue;
    const isRecorded = (recorded[before.kind] as readonly string[]).includes(field);
    const counts = isRecorded && !((field as string) === 'call' && isSameCall(comparison, before, after));
    report(
      `'${field}' of ${what} was changed.`,
      counts ? [runs('a run whose record differs from what the new code asks for is blocked')] : [],
      field,
    );
  }
  comparePartsOf(comparison, before, after, place, what);
}

/** Do two steps call the same with the same, whatever the constant is called that they call? */
function isSameCall(comparison: Comparison, before: StepNode, after: StepNode): boolean {
  if (!('call' in before) || !('call' in after)) return false;
  const bare = (call: CallNode): CallNode => {
    const { lambda: parts, ...rest } = call.lambda;
    if (parts?.block !== false) return call;
    return { ...call, lambda: { ...rest, text: `(${parts.parameter}) => (${call.argument})` } };
  };
  return comparison.same(bare(before.call), bare(after.call));
}

function comparePartsOf(comparison: Comparison, before: StepNode, after: StepNode, place: Place, what: string): void {
  const parts = (step: StepNode) =>
    new Map((stepParts(step).bodies ?? []).map(({ name = '', body }) => [name, { body, location: body.location }]));
  // Of the cases of a branch one is taken, and recorded; of everything else all are.
  const isChoice = before.kind === 'branch';
  compareNamed(comparison, parts(before), parts(after), {
    path: (name) => `${place.path}/${pathName(name)}`,
    what: (name) => `'${name}' in ${what}`,
    added: () => (isChoice ? [] : [runs('a run that is in it or past it has no record of the new part')]),
    removed: () => [runs('a run that has recorded it cannot follow the new code and is blocked')],
    compare: (a, b, name) =>
      compareBodies(comparison, a.body, b.body, {
        ...place,
        path: name === '' ? `${place.path}/` : `${place.path}/${pathName(name)}/`,
      }),
  });
}

const upper = (text: string): string => `${text[0]?.toUpperCase()}${text.slice(1)}`;
