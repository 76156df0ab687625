import type { Duration } from '../../core/index.ts';
import type { AnyEvent, Call } from '../contract.ts';
import type { GraphNodes } from '../graph.ts';
import type { At, Host, Part, StepOptions } from '../host.ts';
import { contractOf, evaluate, makeCall, type Lookup, type Values } from './scope.ts';
import type { NamedBody, RunnableBody, RunnableCall, RunnableWaitFor, RunnableStep } from './steps.ts';

type StepOf<Kind> = Extract<RunnableStep, { readonly kind: Kind }>;
type Runner<Kind> = (step: StepOf<Kind>, host: Host, values: Values, lookup: Lookup) => Promise<unknown>;

/** Runs the steps of a body in order. Its value is that of `returns`, else of the last step. */
export async function runBody(body: RunnableBody, host: Host, values: Values, lookup: Lookup): Promise<unknown> {
  let known = values;
  let last: unknown;
  for (const step of body.steps) {
    if (step.kind === 'returns') return evaluate(step.value, host, known);
    last = await (runners[step.kind] as Runner<RunnableStep['kind']>)(step, host, known, lookup);
    known = { ...known, [step.id]: last };
  }
  return last;
}

// One entry a kind: a new kind does not compile until it is run here.
const runners: { readonly [Kind in Exclude<RunnableStep['kind'], 'returns'>]: Runner<Kind> } = {
  step: runCall,
  parallel: (step, host, values, lookup) =>
    host.all(step.id, parts(step.bodies, values, lookup), {
      at: at(step),
      ...present('concurrency', step.concurrency),
    }),
  branch: (step, host, values, lookup) =>
    host.branch(step.id, () => evaluate(step.on, host, values) as string | boolean, parts(step.cases, values, lookup), {
      at: at(step),
    }),
  map: (step, host, values, lookup) =>
    host.map(
      step.id,
      () => evaluate(step.over, host, values) as readonly unknown[],
      (inner, item, index) => runBody(step.body, inner, { ...values, item, index }, lookup),
      { at: at(step), ...present('concurrency', step.concurrency) },
    ),
  repeat: (step, host, values, lookup) =>
    host.repeat(
      step.id,
      async (inner, index) => runBody(step.body, inner, { ...values, index }, lookup),
      (value, index) => evaluate(step.until, host, { ...values, value, index }) === true,
      { at: at(step), max: step.max, ...present('delay', step.delay) },
    ),
  graph: (step, host, values, lookup) => {
    const add = (g: GraphNodes<{}>): GraphNodes<{}> => {
      let nodes = g as GraphNodes<Values>;
      for (const node of step.nodes) {
        const { name, needs, call } = node;
        const make = (done: Values): Call<unknown> => makeCall(call, host, { ...values, ...done }, lookup).call();
        nodes = nodes.node(name, make, { at: at(node), needs });
      }
      return nodes;
    };
    const { concurrency, onFailure } = step;
    return host.graph(step.id, add, {
      at: at(step),
      ...present('concurrency', concurrency),
      ...present('onFailure', onFailure),
    });
  },
  race: (step, host, values, lookup) => host.race(step.id, parts(step.bodies, values, lookup), { at: at(step) }),
  attempt: (step, host, values, lookup) =>
    host.attempt(
      step.id,
      (inner) => runBody(step.body, inner, values, lookup),
      (inner, error) => runBody(step.handler, inner, { ...values, error }, lookup),
      { at: at(step) },
    ),
  waitFor: runWait,
  approve: runApprove,
  sleep: (step, host, values) => {
    const { time } = step;
    return host.sleep(step.id, typeof time === 'function' ? () => evaluate(time, host, values) as Duration : time, {
      at: at(step),
    });
  },
  emit: (step, host, values, lookup) =>
    host.emit(step.id, makeCall(step.call, host, values, lookup).call, { at: at(step) }),
};

async function runCall(step: RunnableCall, host: Host, values: Values, lookup: Lookup): Promise<unknown> {
  const { kind, call } = makeCall(step.call, host, values, lookup);
  const verb = (kind === 'flow' ? host.child.bind(host) : host.step.bind(host)) as Host['step'];
  const options: StepOptions = { at: at(step), ...present('retry', step.retry), ...present('timeout', step.timeout) };
  const { onFailure = 'stop', undo } = step;
  const value =
    onFailure === 'stop'
      ? await verb(step.id, call, options)
      : onFailure === 'continue'
        ? await verb(step.id, call, { ...options, onFailure })
        : await verb(step.id, call, {
            ...options,
            onFailure: { fallback: () => evaluate(onFailure.fallback, host, values) },
          });
  if (undo !== undefined) {
    const known = { ...values, [step.id]: value };
    host.undo(step.id, () => makeCall(undo, host, known, lookup).call(), { at: at(step) });
  }
  return value;
}

function runWait(step: RunnableWaitFor, host: Host, values: Values, lookup: Lookup): Promise<unknown> {
  const event = contractOf(lookup, 'event', step.event) as AnyEvent;
  const options = {
    at: at(step),
    match: () => Object.fromEntries(step.match.map(({ field, value }) => [field, evaluate(value, host, values)])),
    ...present('timeout', step.timeout),
  };
  return step.onTimeout === 'continue'
    ? host.receive(step.id, event, { ...options, onTimeout: 'continue' })
    : host.receive(step.id, event, options);
}

function runApprove(step: StepOf<'approve'>, host: Host, values: Values): Promise<unknown> {
  const { message, form } = step;
  const options = {
    at: at(step),
    ...present('form', form),
    ...(message === undefined
      ? {}
      : { message: () => (typeof message === 'string' ? message : (evaluate(message, host, values) as string)) }),
    ...present('timeout', step.timeout),
  };
  return step.onTimeout === 'continue'
    ? host.approve(step.id, { ...options, onTimeout: 'continue' })
    : host.approve(step.id, options);
}

function parts(bodies: readonly NamedBody[], values: Values, lookup: Lookup): Readonly<Record<string, Part<unknown>>> {
  return Object.fromEntries(
    bodies.map(({ name, body }) => [name, (host: Host) => runBody(body, host, values, lookup)]),
  );
}

function at(step: { readonly at?: At }): At {
  return step.at ?? '1:1';
}

/** An optional member is absent, not undefined. */
function present<const Key extends string, Value>(key: Key, value: Value | undefined): { readonly [K in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: Value };
}
