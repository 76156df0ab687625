import { MillraceError } from '../../core/index.ts';
import type { StepNode } from '../../model/index.ts';
import { present, type Lambda, type Live } from '../live.ts';
import type { LiveBody } from './live.ts';

/** A step as it lives. */
export type LiveStep = Live<StepNode>;
type BodyFunction = (f: never) => unknown;
type Bodies = Readonly<Record<string, BodyFunction>>;
type Options = Readonly<Record<string, unknown>>;
/** The parts of the model's step that a verb fills in. */
type Fields = { readonly kind: string } & Readonly<Record<string, unknown>>;

/** What each verb records. A verb is added here and in `Steps`, nowhere else. */
const verbs = {
  step: (id: string, call: Lambda, options?: Options): Fields => ({ kind: 'step', id, call, ...options }),
  parallel: (id: string, bodies: Bodies, options?: Options): Fields => ({
    kind: 'parallel',
    id,
    bodies: named(bodies),
    ...options,
  }),
  branch: (id: string, on: Lambda, cases: Bodies): Fields => ({ kind: 'branch', id, on, cases: named(cases) }),
  map: (id: string, over: Lambda, body: BodyFunction, options?: Options): Fields => ({
    kind: 'map',
    id,
    over,
    body: recordBody(body),
    ...options,
  }),
  repeat: (id: string, body: BodyFunction, options: Options): Fields => ({
    kind: 'repeat',
    id,
    body: recordBody(body),
    ...options,
  }),
  graph: (id: string, nodes: BodyFunction, options?: Options): Fields => ({
    kind: 'graph',
    id,
    nodes: recordNodes(nodes),
    ...options,
  }),
  race: (id: string, bodies: Bodies): Fields => ({ kind: 'race', id, bodies: named(bodies) }),
  attempt: (id: string, body: BodyFunction, handler: BodyFunction): Fields => ({
    kind: 'attempt',
    id,
    body: recordBody(body),
    handler: recordBody(handler),
  }),
  waitFor: (
    id: string,
    event: { readonly name: string },
    options: Options & { readonly match?: Options } = {},
  ): Fields => ({
    kind: 'waitFor',
    id,
    event: event.name,
    ...options,
    match: Object.entries(options.match ?? {}).map(([field, value]) => ({ field, value })),
  }),
  approve: (id: string, options?: Options): Fields => ({ kind: 'approve', id, ...options }),
  sleep: (id: string, time: unknown): Fields => ({ kind: 'sleep', id, time }),
  emit: (id: string, call: Lambda): Fields => ({ kind: 'emit', id, call }),
  returns: (value: Lambda): Fields => ({ kind: 'returns', value }),
};

/** Runs a body against a recorder, so that executing a `.dsl.ts` yields what reading it yields. */
export function recordBody(body: BodyFunction): LiveBody {
  const steps: Fields[] = [];
  const recorder: Record<string, unknown> = {};
  for (const [verb, make] of Object.entries(verbs) as [string, (...args: readonly unknown[]) => Fields][]) {
    recorder[verb] = (...args: readonly unknown[]) => {
      steps.push(present(make(...args)));
      return recorder;
    };
  }
  recorder['undo'] = (undo: Lambda) => {
    const step = steps.pop();
    if (step?.kind !== 'step') {
      throw new MillraceError("An undo must stand right after the step that it undoes: .step('pay', …).undo(…).", {
        code: 'MR1120',
        retryable: false,
        fault: 'input',
      });
    }
    steps.push({ ...step, undo });
    return recorder;
  };
  body(recorder as never);
  return { kind: 'body', steps: steps as unknown as LiveBody['steps'] };
}

function named(bodies: Bodies): readonly { readonly name: string; readonly body: LiveBody }[] {
  return Object.entries(bodies).map(([name, body]) => ({ name, body: recordBody(body) }));
}

function recordNodes(nodes: BodyFunction): readonly object[] {
  const recorded: object[] = [];
  const recorder = {
    node: (name: string, call: Lambda, options: { readonly needs?: readonly string[] } = {}) => {
      recorded.push({ name, needs: options.needs ?? [], call });
      return recorder;
    },
  };
  nodes(recorder as never);
  return recorded;
}
