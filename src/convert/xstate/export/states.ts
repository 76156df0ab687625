import { milliseconds } from '../../../core/index.ts';
import type { ActionNode, RunNode, StateNode } from '../../../model/index.ts';
import type { Exporting, Place, Tree } from './exporting.ts';
import { inputCode } from './implementations.ts';
import { handlers, transitions } from './transitions.ts';

type Members = { [key: string]: Tree | undefined };

/** The states below another one, or of the machine. */
export function states(to: Exporting, nodes: readonly StateNode[]): Tree {
  return Object.fromEntries(nodes.map((node) => [node.name, state(to, to.places.get(node.name) as Place)]));
}

function state(to: Exporting, place: Place): Tree {
  const { state: node } = place;
  const { name, type, description, tags, history, always, after, entry, exit, run, onDone, output, context } = node;
  if (context !== undefined) {
    const hint = 'Check the context in a guard or in an entry action.';
    to.report(
      'MR1745',
      'warning',
      context.location,
      `XState has no context of a state: that of '${name}' is left out.`,
      hint,
    );
  }
  // Who refers to this state may stand further down: its id is looked up when everything has been said.
  const members: Members = Object.defineProperty({}, 'id', {
    enumerable: true,
    get: () => (to.referred.has(name) ? to.id(name) : undefined),
  });
  return Object.assign(members, {
    type: type === 'parallel' || type === 'final' || type === 'history' ? type : undefined,
    history,
    initial: type === 'compound' ? initial(to, node.initial, node.states, node.location) : undefined,
    target: type === 'history' ? historyTarget(to, place) : undefined,
    description,
    tags: tags?.map((tag) => (typeof tag === 'string' ? tag : `${tag.key}:${tag.value}`)),
    entry: actions(to, entry, `${name}.entry`),
    exit: actions(to, exit, `${name}.exit`),
    invoke: run.length === 0 ? undefined : invocations(to, place),
    on: handlers(to, place),
    always: always.length === 0 ? undefined : transitions(to, place, always, `${name}.always`),
    after: after.length === 0 ? undefined : timers(to, place),
    onDone: onDone.length === 0 ? undefined : transitions(to, place, onDone, `${name}.onDone`),
    output: output === undefined ? undefined : inputCode(output),
    states: node.states.length === 0 ? undefined : states(to, node.states),
  });
}

function actions(to: Exporting, nodes: readonly ActionNode[], path: string): Tree | undefined {
  return nodes.length === 0 ? undefined : nodes.map((node, index) => to.action(node, `${path}[${index}]`));
}

/** The child to start in. Deeper or several starts have no equivalent: the way to the first of them is taken. */
export function initial(
  to: Exporting,
  targets: readonly string[] | undefined,
  children: readonly StateNode[],
  location: StateNode['location'],
): string | undefined {
  const first = (targets?.[0] ?? children.find(({ type }) => type !== 'history')?.name) as string | undefined;
  const path = first === undefined ? [] : (to.places.get(first)?.path ?? []);
  const child = children.find(({ name }) => path.includes(name));
  if (targets !== undefined && (targets.length > 1 || child?.name !== first)) {
    const message = `XState starts in a child, not deeper: instead of ${targets.map((name) => `'${name}'`).join(' and ')} it starts in '${child?.name}'.`;
    to.report('MR1746', 'warning', location, message, 'Give the states in between an `initial` each.');
  }
  return child?.name;
}

/** Where a history state goes the first time, as a path from the state around it. */
function historyTarget(to: Exporting, { state: node, parent }: Place): Tree | undefined {
  const depth = parent?.path.length ?? 0;
  const paths = (node.initial ?? []).flatMap((name) => {
    const path = to.places.get(name)?.path;
    return path === undefined
      ? []
      : [
          path
            .slice(depth)
            .map((key) => key.replaceAll(/[.\\]/g, '\\$&'))
            .join('.'),
        ];
  });
  return paths.length > 1 ? paths : paths[0];
}

function invocations(to: Exporting, place: Place): Tree {
  const all = place.state.run.map((each) => invoke(to, place, each));
  const [first, second] = all;
  return first !== undefined && second === undefined ? first : all;
}

function invoke(to: Exporting, place: Place, { id, target, input, onDone, onError }: RunNode): Tree {
  const path = `${place.state.name}.run.${id}`;
  return {
    id,
    src: to.actor(target),
    input: input === undefined ? undefined : inputCode(input),
    onDone: onDone.length === 0 ? undefined : transitions(to, place, onDone, `${path}.onDone`),
    onError: onError.length === 0 ? undefined : transitions(to, place, onError, `${path}.onError`),
  };
}

/** Timers by their delay. Those that are due at the same time are one list, as they are one list of candidates there. */
function timers(to: Exporting, place: Place): Tree {
  const { name, after } = place.state;
  const entries = new Map<string, (typeof after)[number]['transitions']>();
  after.forEach(({ delay, transitions: all }, index) => {
    const key = typeof delay === 'string' ? String(milliseconds(delay)) : to.delay(delay, `${name}.after[${index}]`);
    entries.set(key, [...(entries.get(key) ?? []), ...all]);
  });
  return Object.fromEntries(
    [...entries].map(([key, all]) => [key, transitions(to, place, all, `${name}.after.${key}`)]),
  );
}
