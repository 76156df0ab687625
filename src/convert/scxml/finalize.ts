import type { ActionNode } from '../../model/index.ts';
import { quote } from '../../model/text/names.ts';
import { actionsOf, type ActionSite } from './actions.ts';
import type { Invocation } from './chart.ts';
import { combined, lambdaOf, plain, scoped, type Value } from './ecmascript/value.ts';
import { eventCall } from './nodes.ts';
import { at, userView, whileTaking, type World } from './site.ts';
import type { Heard, TransitionScope } from './transitions.ts';
import { elementsOf } from './xml.ts';

/** Does an invocation take events before the document does? */
const intercepts = ({ element }: Invocation): boolean =>
  elementsOf(element, 'finalize').length > 0 || element.attributes.autoforward === 'true';

const event = scoped('event');
const isFresh = `${event}?.type !== 'internal' && ${event}?.finalized !== true`;

function isFor(invocation: Invocation): Value {
  const own =
    invocation.element.attributes.autoforward === 'true' ? '' : ` && ${event}?.invokeid === ${quote(invocation.id)}`;
  return plain(`${isFresh}${own}`, { boolean: true });
}

/** While this holds an invocation takes the event first. */
export function pendingOf(
  invocations: readonly Invocation[],
  nameOf: (invocation: Invocation) => string,
): Value | undefined {
  const all = invocations.filter(intercepts);
  if (all.length === 0) return undefined;
  const parts = all.map((each) => `(${scoped('in')}(${quote(nameOf(each))}) && ${isFor(each).text})`);
  return combined([], parts.join(' || '), { boolean: true });
}

/**
 * What `finalize` and `autoforward` ask for: the event is taken first by a transition that goes nowhere, which runs the
 * finalizing actions or hands the event on, and raises it again for everybody else.
 */
export function interceptions(scope: TransitionScope, runs: readonly Invocation[]): readonly Heard[] {
  return runs
    .filter(intercepts)
    .flatMap((run) => namesFor(scope.world, run).map((name) => interception(scope, run, name)));
}

/** The events that can come: from an invocation those that its machine sends; to be handed on, all. */
function namesFor(world: World, { element, child }: Invocation): readonly string[] {
  if (element.attributes.autoforward === 'true') return [...world.events];
  return [...world.events].filter((name) => child.events.has(name));
}

function interception(scope: TransitionScope, run: Invocation, name: string): Heard {
  const { world, chart, readFile } = scope;
  const site: ActionSite = { ...whileTaking(world, chart, userView(world)), readFile };
  const location = at(site, run.element);
  const again = plain(`{ ...${event}, finalized: true }`);
  const finalize = elementsOf(run.element, 'finalize').flatMap((each) => actionsOf(site, elementsOf(each)));
  const forward: readonly ActionNode[] =
    run.element.attributes.autoforward === 'true'
      ? [{ kind: 'send', call: eventCall(name, plain(event), location), target: `#${run.id}`, location }]
      : [];
  return {
    descriptors: [name],
    exact: true,
    reads: true,
    cond: undefined,
    missed: () => {},
    narrowed: () => {},
    build: () => ({
      kind: 'transition',
      targets: [],
      guard: lambdaOf(isFor(run), location),
      actions: [...finalize, ...forward, { kind: 'raise', call: eventCall(name, again, location), location }],
      location,
    }),
  };
}
