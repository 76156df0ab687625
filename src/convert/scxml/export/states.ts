import { quote } from '../../../model/text/names.ts';
import type { RunNode, StateNode, TransitionNode } from '../../../model/index.ts';
import { visitStates } from '../../../model/visit/index.ts';
import { actionElements, contentOf, delayAttributes } from './actions.ts';
import { codeOf, type CodeScope } from './code.ts';
import type { Written } from './element.ts';
import { runElement } from './run.ts';
import { codeScope, type ExportScope } from './scope.ts';

/** A state as an element. */
export function stateElement(scope: ExportScope, state: StateNode): Written {
  const { name, type, initial, states, location } = state;
  if (type === 'history') return historyElement(scope, state);
  if (state.context !== undefined)
    scope.report('MR1720', `SCXML checks no context: the schema of state '${name}' is left out.`, location);
  const none = codeScope(scope, undefined);
  const timers = state.after.map(({ delay }, index) => ({ id: `timer.${name}.${index}`, delay }));
  const entry = [
    ...actionElements(state.entry, none, scope.report),
    ...timers.map(({ id, delay }) => ({
      name: 'send',
      attributes: { event: id, id, ...delayAttributes(delay, none) },
    })),
  ];
  const exit = [
    ...actionElements(state.exit, none, scope.report),
    ...timers.map(({ id }) => ({ name: 'cancel', attributes: { sendid: id } })),
  ];
  const on = (event: Heard, list: readonly TransitionNode[], payload: CodeScope['payload']): readonly Written[] =>
    list.map((transition) => transitionElement(scope, state, transition, event, payload));
  const block = (tag: string, children: readonly Written[]): readonly Written[] =>
    children.length === 0 ? [] : [{ name: tag, children }];
  return {
    name: type === 'parallel' ? 'parallel' : type === 'final' ? 'final' : 'state',
    attributes: { id: name, initial: type === 'compound' ? initial?.join(' ') : undefined },
    children: [
      ...block('onentry', entry),
      ...block('onexit', exit),
      ...(state.output === undefined ? [] : [{ name: 'donedata', children: [contentOf(codeOf(state.output, none))] }]),
      ...state.run.flatMap((run) => runElement(scope, run)),
      ...state.run.flatMap((run) => runTransitions(on, run)),
      ...on({ event: `done.state.${name}` }, state.onDone, 'output'),
      ...state.after.flatMap(({ transitions }, index) =>
        on({ event: `timer.${name}.${index}` }, transitions, undefined),
      ),
      ...state.on.flatMap(({ event, transitions }) => on(heard(scope, event), transitions, 'event')),
      ...on({ event: undefined }, state.always, undefined),
      ...states.map((inner) => stateElement(scope, inner)),
    ],
  };
}

type On = (event: Heard, list: readonly TransitionNode[], payload: CodeScope['payload']) => readonly Written[];

const runTransitions = (on: On, { id, onDone, onError }: RunNode): readonly Written[] => [
  ...on({ event: `done.invoke.${id}` }, onDone, 'output'),
  ...on({ event: `error.run.${id}` }, onError, 'error'),
];

function historyElement({ machine }: ExportScope, { name, history, initial }: StateNode): Written {
  let around: readonly string[] | undefined;
  visitStates(machine, (state) => {
    if (!state.states.some((child) => child.name === name)) return;
    const first = state.states.find(({ type }) => type !== 'history');
    around = state.initial ?? (first === undefined ? [] : [first.name]);
  });
  // A document says what a history state stands for at first; the language takes what is around it.
  const target = (initial ?? around ?? []).join(' ');
  return {
    name: 'history',
    attributes: { id: name, type: history ?? 'shallow' },
    children: [{ name: 'transition', attributes: { target } }],
  };
}

interface Heard {
  readonly event: string | undefined;
  /** What else has to hold so that it is this event and no other. */
  readonly cond?: string;
}

/** The descriptor that covers what a name or pattern of `on` covers. */
function heard({ machine }: ExportScope, descriptor: string): Heard {
  const nameOf = (alias: string): string => machine.events.find((each) => each.alias === alias)?.name ?? alias;
  let ownEnds = false;
  visitStates(machine, ({ after, run }) => (ownEnds ||= after.length + run.length > 0));
  const all = machine.events.map(({ name }) => name);
  if (descriptor === '*')
    // No pattern covers the ends of a state's own timers and work.
    return { event: ownEnds ? [...all, 'error.execution', 'error.communication', 'done.state'].join(' ') : '*' };
  if (descriptor.endsWith('.*')) {
    const prefix = descriptor.slice(0, -2);
    if (prefix === 'error') return { event: ownEnds ? 'error.execution error.communication' : 'error' };
    const covered = machine.events.filter(({ alias }) => alias === prefix || alias.startsWith(`${prefix}.`));
    const renamed = covered.some(({ alias, name }) => alias !== name);
    return { event: renamed ? covered.map(({ name }) => name).join(' ') : descriptor };
  }
  const name = nameOf(descriptor).replace(/^done\.run\./, 'done.invoke.');
  const others = all.some((each) => each.startsWith(`${name}.`));
  return others ? { event: name, cond: `_event.name === ${quote(name)}` } : { event: name };
}

function transitionElement(
  scope: ExportScope,
  state: StateNode,
  { targets, guard, actions, internal, location }: TransitionNode,
  { event, cond }: Heard,
  payload: CodeScope['payload'],
): Written {
  const code = codeScope(scope, payload);
  const asked = [...(cond === undefined ? [] : [cond]), ...(guard === undefined ? [] : [codeOf(guard, code)])];
  let to = targets;
  let isInternal = internal === true && targets.length > 0;
  if (isInternal && targets.includes(state.name)) {
    // What is around stays, and what is inside starts afresh: a document says this by naming what is inside.
    const first = state.states.find(({ type }) => type !== 'history');
    if (state.type === 'parallel' || targets.length > 1) {
      scope.report(
        'MR1720',
        `SCXML does not restart a parallel state from inside: '${state.name}' is left and entered.`,
        location,
      );
      isInternal = false;
    } else if (first === undefined) to = [];
    else to = state.initial ?? [first.name];
  }
  return {
    name: 'transition',
    attributes: {
      event,
      cond:
        asked.length === 0 ? undefined : asked.length === 1 ? asked[0] : asked.map((each) => `(${each})`).join(' && '),
      target: to.length === 0 ? undefined : to.join(' '),
      type: isInternal && to.length > 0 ? 'internal' : undefined,
    },
    children: actionElements(actions, code, scope.report),
  };
}
