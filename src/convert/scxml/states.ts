import { freeName } from '../../model/text/names.ts';
import type { ActionNode, StateNode } from '../../model/index.ts';
import { actionsOf, type ActionSite } from './actions.ts';
import { stateTags } from './chart.ts';
import type { DataModel } from './data.ts';
import { lambdaOf, type Value } from './ecmascript/value.ts';
import { idActions, runOf } from './invoke.ts';
import { interceptions } from './finalize.ts';
import { eventCall } from './nodes.ts';
import { at, dataOf, outside, payloadOf } from './site.ts';
import { targetsOf, transitionsOf, type TransitionScope } from './transitions.ts';
import { elementsOf, type XmlElement } from './xml.ts';

/** What the states of a document need to know. */
export interface StateScope extends TransitionScope {
  readonly data: DataModel;
  /** The names that are taken: states that the document does not have get others. */
  readonly taken: Set<string>;
}

const nothing = { on: [], always: [], after: [], entry: [], exit: [], run: [], onDone: [], states: [] };

/** A state of the document, with everything below it. */
export function stateOf(scope: StateScope, element: XmlElement): StateNode {
  const { chart, world, data, readFile } = scope;
  const site: ActionSite = { ...outside(world, chart), readFile };
  const location = at(site, element);
  const name = chart.stateNames.get(element) as string;
  if (element.name === 'history') return historyOf(scope, element, name);

  const added: StateNode[] = [];
  const states = elementsOf(element, ...stateTags).map((child) => {
    const state = stateOf(scope, child);
    if (child.name === 'history') added.push(...defaultOf(scope, child, state));
    return state;
  });
  const runs = chart.invocations.filter(({ state }) => state === element);
  const initial = initialOf(scope, element, name);
  const { runDone, ...transitions } = transitionsOf(scope, element, name, runs, interceptions(scope, runs));
  const [donedata] = elementsOf(element, 'donedata');
  const output = donedata && dataOf(site, donedata);
  const hasStates = states.some(({ type }) => type !== 'history');
  for (const child of elementsOf(element)) {
    const known = ['onentry', 'onexit', 'transition', 'invoke', 'datamodel', 'donedata', 'initial', ...stateTags];
    if (!known.includes(child.name))
      chart.report('MR1704', 'warning', `Nothing here does what '${child.name}' does: it is left out.`, child);
  }
  return {
    kind: 'state',
    name,
    type:
      element.name === 'parallel' && hasStates
        ? 'parallel'
        : element.name === 'final'
          ? 'final'
          : hasStates
            ? 'compound'
            : 'atomic',
    ...(initial === undefined ? {} : { initial: initial.targets }),
    ...transitions,
    after: [],
    entry: [...(data.late.get(element) ?? []), ...blocks(site, element, 'onentry'), ...idActions(world, chart, runs)],
    exit: [...blocks(site, element, 'onexit'), ...endOf(site, element, output)],
    run: runs.map((run) => runOf(world, chart, run, runDone.get(run.id) ?? [])),
    ...(output === undefined ? {} : { output: lambdaOf(output, location) }),
    states: [...states, ...added, ...(initial?.added ?? [])],
    location,
  };
}

/** The blocks of `onentry` or `onexit` in one. An error ends its own block only: one that is certain comes last. */
function blocks(site: ActionSite, element: XmlElement, name: string): readonly ActionNode[] {
  const all = elementsOf(element, name).map((block) => actionsOf(site, elementsOf(block)));
  const errors: ActionNode[] = [];
  const kept = all.flatMap((block, index) => {
    const end = block.findIndex(alwaysThrows);
    if (end < 0 || index === all.length - 1) return block;
    errors.push(block[end] as ActionNode);
    return block.slice(0, end);
  });
  const [first, ...rest] = elementsOf(element, name);
  if (first !== undefined && rest.length > 0)
    site.chart.report(
      'MR1712',
      'info',
      `The blocks of '${name}' become one: an error in one of them ends those behind it, too.`,
      rest[0] as XmlElement,
    );
  return [...kept, ...errors.slice(0, 1)];
}

/** The end of a machine that has to say it itself. */
function endOf(site: ActionSite, element: XmlElement, output: Value | undefined): readonly ActionNode[] {
  const { chart, world } = site;
  const id = world.reports.get(chart);
  if (id === undefined || element.name !== 'final' || !elementsOf(chart.root).includes(element)) return [];
  const name = `done.invoke.${id}`;
  const location = at(site, element);
  const payload = payloadOf(site, name, output, { type: 'external', toParent: true });
  return [{ kind: 'send', call: eventCall(name, payload, location), target: '#parent', location }];
}

const alwaysThrows = (action: ActionNode): boolean =>
  action.kind === 'assign' && action.value.lambda?.body.startsWith('{ throw ') === true;

function initialOf(
  scope: StateScope,
  element: XmlElement,
  name: string,
): { readonly targets: readonly string[]; readonly added: readonly StateNode[] } | undefined {
  const { initial } = element.attributes;
  if (initial !== undefined) return { targets: targetsOf(scope, element, initial), added: [] };
  const [own] = elementsOf(element, 'initial');
  const [transition] = own === undefined ? [] : elementsOf(own, 'transition');
  if (transition === undefined) {
    const first = elementsOf(element, 'state', 'parallel', 'final')[0];
    if (element.name !== 'state' || first === undefined) return undefined;
    return { targets: [scope.chart.stateNames.get(first) as string], added: [] };
  }
  const targets = targetsOf(scope, transition, transition.attributes.target);
  const first = stepTo(scope, transition, `${name}.initial`, targets);
  return first === undefined ? { targets, added: [] } : { targets: [first.name], added: [first] };
}

/** A default with actions of its own becomes a state that is left at once. */
function stepTo(
  scope: StateScope,
  transition: XmlElement,
  name: string,
  targets: readonly string[],
): StateNode | undefined {
  const { chart, world, readFile, taken } = scope;
  const site: ActionSite = { ...outside(world, chart), readFile };
  const actions = actionsOf(site, elementsOf(transition));
  if (actions.length === 0) return undefined;
  const location = at(site, transition);
  const free = freeName(name, taken);
  taken.add(free);
  chart.report('MR1707', 'info', `What a default does becomes a state '${free}' that is left at once.`, transition);
  return {
    kind: 'state',
    name: free,
    type: 'atomic',
    ...nothing,
    always: [{ kind: 'transition', targets, actions, location }],
    location,
  };
}

function historyOf(scope: StateScope, element: XmlElement, name: string): StateNode {
  const { chart, world } = scope;
  const [transition] = elementsOf(element, 'transition');
  const targets = transition === undefined ? [] : targetsOf(scope, transition, transition.attributes.target);
  return {
    kind: 'state',
    name,
    type: 'history',
    ...(targets.length === 0 ? {} : { initial: targets }),
    ...nothing,
    history: element.attributes.type === 'deep' ? 'deep' : 'shallow',
    location: at(outside(world, chart), element),
  };
}

/** The state that stands for the default of a history state that does something. */
function defaultOf(scope: StateScope, element: XmlElement, history: StateNode): readonly StateNode[] {
  const [transition] = elementsOf(element, 'transition');
  if (transition === undefined) return [];
  const step = stepTo(scope, transition, `${history.name}.default`, history.initial ?? []);
  if (step === undefined) return [];
  Object.assign(history, { initial: [step.name] });
  return [step];
}
