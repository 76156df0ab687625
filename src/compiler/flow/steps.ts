/** One small printer for each kind of step. */
import type { CallNode, StepFailure, StepKind, StepNode, StepOf } from '../../model/index.ts';
import { array, call, callWithOptions, hard, indent, object, objectLines, type Doc } from '../../model/text/doc.ts';
import { propertyKey, quote } from '../../model/text/names.ts';
import { arrow, arrowWith, callArrow, callArrowWith, value } from './lambda.ts';
import { options, retry, text } from './options.ts';
import { read, type Scope } from './scope.ts';
import type { FlowContext, PrintedStep, StepPrinter } from './step-printer.ts';

const printers: { readonly [K in Exclude<StepKind, 'returns'>]: StepPrinter<K> } = {
  step: (step, scope, context) => {
    const { id, call: target, undo, location } = step;
    return {
      expression: hostCall(scope, callMethod(target), [
        quote(id),
        callArrow(target, scope, context),
        options(location, {
          retry: retry(step.retry),
          timeout: text(step.timeout),
          onFailure: onFailure(step.onFailure, scope, context),
        }),
      ]),
      hasValue: true,
      ...(undo === undefined
        ? {}
        : {
            after: (scope): readonly Doc[] => {
              const args = [quote(id), callArrow(undo, scope, context), options(undo.location)];
              return [[hostCall(scope, 'undo', args), ';']];
            },
          }),
    };
  },

  parallel: (step, scope, context) =>
    valued(
      hostCall(scope, 'all', [
        quote(step.id),
        parts(step.bodies, scope, context),
        options(step.location, { concurrency: step.concurrency }),
      ]),
    ),

  branch: (step, scope, context) =>
    valued(
      hostCall(scope, 'branch', [
        quote(step.id),
        arrow(step.on, scope, context),
        parts(step.cases, scope, context),
        options(step.location),
      ]),
    ),

  map: (step, scope, context) =>
    valued(
      hostCall(scope, 'map', [
        quote(step.id),
        arrow(step.over, scope, context),
        context.part(step.body, scope, ['item', 'index']),
        options(step.location, { concurrency: step.concurrency }),
      ]),
    ),

  repeat: (step, scope, context) => {
    const body = context.part(step.body, scope, ['index']);
    const inner = scope.part();
    const parameters = [inner.parameter('value'), inner.parameter('index')];
    return valued(
      hostCall(scope, 'repeat', [
        quote(step.id),
        body,
        arrowWith(parameters, step.until, inner, context),
        options(step.location, { max: step.max, delay: text(step.delay) }),
      ]),
    );
  },

  race: (step, scope, context) =>
    valued(hostCall(scope, 'race', [quote(step.id), parts(step.bodies, scope, context), options(step.location)])),

  attempt: (step, scope, context) =>
    valued(
      hostCall(scope, 'attempt', [
        quote(step.id),
        context.part(step.body, scope),
        context.part(step.handler, scope, ['error']),
        options(step.location),
      ]),
    ),

  waitFor: (step, scope, context) => {
    context.waits(
      step.event,
      step.match.map(({ field }) => field),
    );
    const match = object(step.match.map((one) => [`${propertyKey(one.field)}: `, value(one.value, scope, context)]));
    return valued(
      hostCall(
        scope,
        'receive',
        [
          quote(step.id),
          context.event(step.event, step.location),
          options(step.location, {
            match: step.match.length === 0 ? undefined : ['() => (', match, ')'],
            timeout: text(step.timeout),
            onTimeout: step.onTimeout === 'continue' ? quote('continue') : undefined,
          }),
        ],
        callWithOptions,
      ),
    );
  },

  approve: (step, scope, context) => {
    const { message } = step;
    return valued(
      hostCall(
        scope,
        'approve',
        [
          quote(step.id),
          options(step.location, {
            form: step.form === undefined ? undefined : context.form(step),
            message:
              typeof message === 'string' ? `() => ${quote(message)}` : message && arrow(message, scope, context),
            timeout: text(step.timeout),
            onTimeout: step.onTimeout === 'continue' ? quote('continue') : undefined,
          }),
        ],
        callWithOptions,
      ),
    );
  },

  sleep: (step, scope, context) => {
    const time = typeof step.time === 'string' ? quote(step.time) : arrow(step.time, scope, context);
    return { expression: hostCall(scope, 'sleep', [quote(step.id), time, options(step.location)]), hasValue: false };
  },

  emit: (step, scope, context) => ({
    expression: hostCall(scope, 'emit', [quote(step.id), callArrow(step.call, scope, context), options(step.location)]),
    hasValue: false,
  }),

  graph: (step, scope, context) => {
    const nodes = step.nodes.map(({ name, needs, call: target, location }): Doc => {
      const inner = scope.part();
      const members = [...new Set(needs)].map((need) => inner.parameter(need));
      const made = callArrowWith(members, target, inner, context);
      const list = needs.length === 0 ? undefined : array(needs.map(quote));
      return [hard, call('.node', [quote(name), made, options(location, { needs: list })])];
    });
    const builder = scope.free('g');
    return valued(
      hostCall(scope, 'graph', [
        quote(step.id),
        [`(${builder}) => ${builder}`, indent(nodes)],
        options(step.location, { concurrency: step.concurrency, onFailure: text(step.onFailure) }),
      ]),
    );
  },
};

/** Prints a step that is not `returns`, which ends a body and is printed there. */
export function printStep(
  step: Exclude<StepNode, { readonly kind: 'returns' }>,
  scope: Scope,
  context: FlowContext,
): PrintedStep {
  // The record gives each kind its own printer, which TypeScript cannot see through a union.
  return (printers[step.kind] as StepPrinter<StepKind>)(step, scope, context);
}

function valued(expression: Doc): PrintedStep {
  return { expression, hasValue: true };
}

function hostCall(scope: Scope, method: string, args: readonly Doc[], layout = call): Doc {
  return layout(`${read(scope.host)}.${method}`, args);
}

function callMethod(node: CallNode): 'step' | 'child' {
  return node.target.kind === 'flow' ? 'child' : 'step';
}

function onFailure(failure: StepFailure | undefined, scope: Scope, context: FlowContext): Doc | undefined {
  if (failure === undefined || failure === 'stop') return undefined;
  if (failure === 'continue') return quote('continue');
  return object([['fallback: ', arrow(failure.fallback, scope, context)]]);
}

// For a key that every object has, TypeScript takes the type of a parameter from there: it has to be written.
const inherited = new Set(Object.getOwnPropertyNames(Object.prototype));

function parts(bodies: StepOf<'parallel'>['bodies'], scope: Scope, context: FlowContext): Doc {
  return objectLines(
    bodies.map(({ name, body }): Doc => {
      const type = inherited.has(name) ? context.hostType : undefined;
      return [`${propertyKey(name)}: `, context.part(body, scope, [], type)];
    }),
  );
}
