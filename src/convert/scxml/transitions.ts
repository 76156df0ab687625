import type { ActionNode, StateNode, TransitionNode } from '../../model/index.ts';
import { actionsOf, type ActionSite } from './actions.ts';
import type { Chart, Invocation, ReadFile } from './chart.ts';
import { translateExpression } from './ecmascript/translate.ts';
import { combined, lambdaOf, plain, type Value } from './ecmascript/value.ts';
import { withErrorData } from './error-data.ts';
import { dataView, storedView, type EventView } from './event-view.ts';
import { descriptorsOf, patternsOf } from './event-names.ts';
import { asBoolean, assignNode } from './nodes.ts';
import { at, internalView, userView, valueAt, whileTaking, type World } from './site.ts';
import { elementsOf, type XmlElement } from './xml.ts';

/** What the transitions of a document need to know. */
export interface TransitionScope {
  readonly world: World;
  readonly chart: Chart;
  readonly readFile: ReadFile | undefined;
  /** Every state by its name. */
  readonly states: ReadonlyMap<string, XmlElement>;
  /** The events of the machine itself, as the document calls them. */
  readonly platform: readonly string[];
  /** While this holds an event is not for the document yet: an invocation takes it first. */
  readonly pending: Value | undefined;
}

/** A transition, and what it listens to. */
export interface Heard {
  readonly descriptors: readonly string[];
  /** Does it listen to these names only, not to those below them? */
  readonly exact: boolean;
  /** Does what it does depend on which event it is? */
  readonly reads: boolean;
  /** On what condition, if that cannot fail (empty: on none): who listens to the same on the same one is never asked. */
  readonly cond: string | undefined;
  /** Says that it is left out. */
  readonly missed: () => void;
  /** Says that a pattern hears only what is known; `isWrittenOut`: it stands under each name. */
  readonly narrowed: (isWrittenOut: boolean) => void;
  readonly build: (key: string, payload: 'event' | 'output', view: EventView) => TransitionNode;
}

// What the machine itself raises is known as a whole.
const platformPrefixes = ['done.state.x', 'done.invoke.x', 'error.execution'];
const isPlatformKey = (key: string): boolean => /^(?:done\.(?:run|state)|error)\..*[^*]$/.test(key);
const documentName = (key: string): string => key.replace(/^done\.run\./, 'done.invoke.').replace(/\.\*$/, '');
const internalName = (name: string): string => name.replace(/^done\.invoke\./, 'done.run.');
const isBelow = (name: string, prefix: string): boolean => name === prefix || name.startsWith(`${prefix}.`);

/** The transitions of a state, in the places where the language has them. */
export function transitionsOf(
  scope: TransitionScope,
  element: XmlElement,
  name: string,
  runs: readonly Invocation[],
  before: readonly Heard[],
): Pick<StateNode, 'on' | 'always' | 'onDone'> & { readonly runDone: ReadonlyMap<string, readonly TransitionNode[]> } {
  const always: TransitionNode[] = [];
  const heard: Heard[] = [...before];
  const asked = new Set<string | XmlElement>();
  for (const transition of elementsOf(element, 'transition')) {
    if (transition.attributes.event !== undefined) heard.push(hear(scope, transition, element));
    else if (asked.has('') || asked.has(askedOf(scope, transition) ?? transition))
      scope.chart.report('MR1713', 'info', 'One before it is taken instead: this is left out.', transition);
    else {
      always.push(build(scope, transition, element, storedView, undefined));
      asked.add(askedOf(scope, transition) ?? transition);
    }
  }
  const onDone: TransitionNode[] = [];
  const runDone = new Map<string, readonly TransitionNode[]>();
  const on: StateNode['on'][number][] = [];
  for (const { key, list } of arranged(scope, heard)) {
    const ownEnd = key === `done.state.${name}` || runs.some(({ id }) => key === `done.run.${id}`);
    const payload = ownEnd ? 'output' : 'event';
    const nodes = list.map((each) => each.build(key, payload, viewOf(scope, key, payload)));
    if (!ownEnd)
      on.push({
        event: key,
        transitions: nodes,
        location: nodes[0]?.location ?? at({ ...scope, view: storedView }, element),
      });
    else if (key.startsWith('done.state.')) onDone.push(...nodes);
    else runDone.set(key.slice('done.run.'.length), nodes);
  }
  return { on, always, onDone, runDone };
}

function viewOf({ world, chart }: TransitionScope, key: string, payload: 'event' | 'output'): EventView {
  const isPlatform = isPlatformKey(key);
  const view = !world.envelope
    ? dataView(payload)
    : isPlatform
      ? internalView(documentName(key), payload, chart)
      : userView(world);
  return isPlatform && key.startsWith('error.') && chart.readsPlaces ? withErrorData(view, payload) : view;
}

function hear(scope: TransitionScope, transition: XmlElement, source: XmlElement): Heard {
  return {
    descriptors: descriptorsOf(transition),
    exact: false,
    reads:
      scope.world.envelope &&
      (scope.chart.eventUse.outside || mentionsEvent(transition) || scope.pending !== undefined),
    cond: askedOf(scope, transition),
    missed: () => scope.chart.report('MR1713', 'info', 'One before it is taken instead: this is left out.', transition),
    narrowed: (isWrittenOut) => narrowed(scope, transition, isWrittenOut),
    build: (key, _, view) => build(scope, transition, source, view, isPlatformKey(key) ? undefined : scope.pending),
  };
}

/** A machine takes only events that it lists: those that come from outside may be more than the document names. */
function narrowed({ world, chart, platform }: TransitionScope, transition: XmlElement, isWrittenOut: boolean): void {
  const known = [...world.events, ...platform, ...platformPrefixes];
  for (const pattern of world.complete ? [] : patternsOf(transition)) {
    const prefix = pattern.replace(/\.?\*$/, '');
    const isEmpty = prefix !== '' && !known.some((name) => name !== prefix && isBelow(name, prefix));
    if (!isEmpty && !isWrittenOut) continue;
    const message = isEmpty
      ? `The document names no event below '${prefix}': '${pattern}' hears '${prefix}' alone.`
      : `'${pattern}' is written out: it hears the events that the document names.`;
    const hint = `Name the events that come from outside: --events ${prefix === '' ? 'bell,door.opened' : `${prefix}.a,${prefix}.b`}.`;
    chart.report('MR1714', 'info', message, transition, hint);
  }
}

/** A condition that fails is an error each time that it is asked: only of one that cannot does the first answer count. */
function askedOf({ chart }: TransitionScope, { attributes: { cond } }: XmlElement): string | undefined {
  if (cond === undefined) return '';
  const names = { ...chart.names, missing: () => {} };
  return translateExpression(cond, names, storedView).safe ? cond.trim() : undefined;
}

const mentionsEvent = (element: XmlElement): boolean =>
  Object.values(element.attributes).some((value) => value.includes('_event')) ||
  element.children.some((child) => (child.kind === 'text' ? child.text.includes('_event') : mentionsEvent(child)));

function build(
  scope: TransitionScope,
  element: XmlElement,
  source: XmlElement,
  view: EventView,
  pending: Value | undefined,
): TransitionNode {
  const { cond, event } = element.attributes;
  const site: ActionSite = { ...whileTaking(scope.world, scope.chart, view), readFile: scope.readFile };
  const location = at(site, element);
  const targets = targetsOf(scope, element, element.attributes.target);
  const asked = cond === undefined ? undefined : asBoolean(valueAt(site, element, cond));
  const guard = pending === undefined ? asked : notPending(pending, asked);
  const keep: readonly ActionNode[] =
    event !== undefined && scope.chart.eventUse.outside
      ? [assignNode(plain(`{ _event: ${view.whole} }`), location)]
      : [];
  const sourceIsCompound = source.name === 'state' && elementsOf(source, 'state', 'parallel', 'final').length > 0;
  const isInternal =
    element.attributes.type === 'internal' &&
    sourceIsCompound &&
    targets.length > 0 &&
    targets.every((target) => scope.states.get(target) !== source);
  return {
    kind: 'transition',
    targets,
    ...(guard === undefined ? {} : { guard: lambdaOf(guard, location) }),
    actions: [...keep, ...actionsOf(site, elementsOf(element))],
    ...(isInternal ? { internal: true } : {}),
    location,
  };
}

function notPending(pending: Value, asked: Value | undefined): Value {
  if (asked?.failure !== undefined) return asked;
  const text = asked === undefined ? `!(${pending.text})` : `!(${pending.text}) && (${asked.text})`;
  return combined(asked === undefined ? [pending] : [pending, asked], text, { boolean: true });
}

/** The states that an attribute names. */
export function targetsOf(
  { chart, states }: TransitionScope,
  element: XmlElement,
  text: string | undefined,
): readonly string[] {
  const targets = (text ?? '').split(/\s+/).filter((name) => name !== '');
  for (const target of targets)
    if (!states.has(target))
      chart.report(
        'MR1702',
        'error',
        `There is no state '${target}'.`,
        element,
        'Name one of the states of this document.',
      );
  return targets.filter((target) => states.has(target));
}

interface Arranged {
  readonly key: string;
  readonly list: readonly Heard[];
}

/** Puts transitions under the names that `on` has for their events, so that document order stays what it was. */
function arranged(scope: TransitionScope, heard: readonly Heard[]): readonly Arranged[] {
  return inOrder(scope, heard) ?? byName(scope, heard);
}

/** As they stand, when no name has to stand both before and behind a pattern that covers it, too. */
function inOrder(scope: TransitionScope, heard: readonly Heard[]): readonly Arranged[] | undefined {
  const groups: { key: string; list: Heard[] }[] = [];
  const overlap = (one: string, other: string): boolean => patternCovers(one, other) || patternCovers(other, one);
  const kept = new Set<Heard>();
  for (const each of heard) {
    const keys = new Set(each.descriptors.flatMap((descriptor) => keysOf(scope, each, descriptor)));
    // What is done depends on the event, and a pattern does not tell which one it is.
    if (each.reads && [...keys].some((key) => key === '*' || key === 'error.*')) return undefined;
    for (const key of keys) {
      if ([...keys].some((other) => other !== key && patternCovers(other, key))) continue;
      const earlier = groups.flatMap((group) => (group.key === key || patternCovers(group.key, key) ? group.list : []));
      if (earlier.some((other) => isInstead(other, each))) continue;
      kept.add(each);
      const index = groups.findIndex((group) => group.key === key);
      if (index < 0) groups.push({ key, list: [each] });
      else if (groups.slice(index + 1).some((group) => overlap(group.key, key))) return undefined;
      else groups[index]?.list.push(each);
    }
  }
  for (const each of heard) if (!kept.has(each)) each.missed();
  for (const each of kept) each.narrowed(false);
  return groups;
}

/** Is one always taken when another one could be? */
const isInstead = (earlier: Heard, { cond }: Heard): boolean =>
  !earlier.exact && (earlier.cond === '' || (earlier.cond !== undefined && earlier.cond === cond));

/** Under each name that is known, everything that listens to it, in document order, up to what is always taken. */
function byName({ world, platform }: TransitionScope, heard: readonly Heard[]): readonly Arranged[] {
  const kept = new Set<Heard>();
  const groups = [...new Set([...world.events, ...platform])].flatMap((name) => {
    const list: Heard[] = [];
    for (const each of heard) {
      const { descriptors, exact } = each;
      const hears = descriptors.some((one) => (exact ? one === name : one === '*' || isBelow(name, one)));
      if (!hears || list.some((other) => isInstead(other, each))) continue;
      list.push(each);
      kept.add(each);
    }
    return list.length === 0 ? [] : [{ key: internalName(name), list }];
  });
  for (const each of heard) if (!kept.has(each)) each.missed();
  for (const each of kept) each.narrowed(true);
  return groups;
}

/** Does a key of `on` cover another? */
function patternCovers(pattern: string, key: string): boolean {
  if (!pattern.endsWith('*') || key.startsWith('done.run.')) return false;
  return pattern === '*' || isBelow(key.replace(/\.\*$/, ''), pattern.slice(0, -2));
}

/** The keys of `on` for one descriptor. */
function keysOf({ world, platform }: TransitionScope, { reads, exact }: Heard, descriptor: string): readonly string[] {
  if (exact) return [descriptor];
  const runs = platform.filter((name) => name.startsWith('done.invoke.')).map(internalName);
  if (descriptor === '*') return [...(reads ? platform.map(internalName) : runs), '*'];
  const own = platform.filter((name) => isBelow(name, descriptor)).map(internalName);
  const events = [...world.events].filter((name) => isBelow(name, descriptor));
  const pattern = `${descriptor}.*`;
  if (descriptor === 'error') return [...(reads ? own : []), pattern];
  if (events.length === 0) return own.length === 0 ? [descriptor] : own;
  return [...own, events.some((name) => name !== descriptor) ? pattern : descriptor];
}
