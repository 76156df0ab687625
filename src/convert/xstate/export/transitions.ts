import type { StateNode, TransitionNode } from '../../../model/index.ts';
import type { Exporting, Place, Tree } from './exporting.ts';

/** The transitions that are tried in order, as short as the notation allows. */
export function transitions(to: Exporting, place: Place, nodes: readonly TransitionNode[], path: string): Tree {
  const all = nodes.map((node, index) => one(to, place, node, `${path}[${index}]`));
  const [first, second] = all;
  return first !== undefined && second === undefined ? first : all;
}

function one(to: Exporting, place: Place, node: TransitionNode, path: string): Tree {
  const { targets, guard, actions, description } = node;
  const target = targets.map((name) => targetText(to, place, name));
  const tree = {
    target: target.length > 1 ? target : target[0],
    guard: guard === undefined ? undefined : to.guard(guard, `${path}.guard`),
    actions:
      actions.length === 0 ? undefined : actions.map((action, at) => to.action(action, `${path}.actions[${at}]`)),
    // There a transition into the state itself stays inside unless it says otherwise; here it leaves unless it says so.
    reenter: leaves(to, place.state, node) ? true : undefined,
    description,
  };
  const said = Object.values(tree).filter((value) => value !== undefined);
  return said.length === 1 && typeof tree.target === 'string' ? tree.target : tree;
}

/** Does a transition into its own source leave that all the same? */
function leaves(to: Exporting, source: StateNode, { targets, internal }: TransitionNode): boolean {
  if (!targets.some((name) => isWithin(to, name, source))) return false;
  const stays = (name: string): boolean =>
    name === source.name || (source.type === 'compound' && isWithin(to, name, source));
  return !(internal === true && targets.every(stays));
}

/** Is the state of this name another one or below it? */
function isWithin(to: Exporting, name: string, state: StateNode): boolean {
  for (let place = to.places.get(name); place !== undefined; place = place.parent)
    if (place.state === state) return true;
  return false;
}

const plain = /^[\w-]+$/;

/** A state as a transition of another names it: a neighbour or a child by its name, others by id. */
export function targetText(to: Exporting, from: Place, name: string): string {
  const target = to.places.get(name);
  if (target === undefined || !plain.test(name)) return `#${to.id(name)}`;
  if (target.parent === from.parent) return name;
  return target.parent === from ? `.${name}` : `#${to.id(name)}`;
}

/** Does a descriptor of `on` cover an event? */
export function covers(descriptor: string, event: string): boolean {
  if (descriptor === '*' || descriptor === event) return true;
  if (!descriptor.endsWith('.*')) return false;
  const prefix = descriptor.slice(0, -2);
  return event === prefix || event.startsWith(`${prefix}.`);
}

/**
 * What a state says about events. There an event's own name comes before patterns, and longer patterns before shorter;
 * here the written order decides. Where the two differ the event gets an entry of its own with all of them in order.
 */
export function handlers(to: Exporting, place: Place): { readonly [key: string]: Tree } | undefined {
  const aliases = to.machine.events.map(({ alias }) => alias);
  const { state } = place;
  const known = state.on.filter(({ event, location }) => {
    const isDeclared = aliases.some((alias) => covers(event, alias));
    if (isDeclared || !/^(?:error|done)\./.test(event)) return true;
    const hint = 'A guard or an action that throws ends an XState actor with an error.';
    to.report('MR1745', 'warning', location, `XState has no event '${event}'; the transition is left out.`, hint);
    return false;
  });
  const entries = new Map<string, readonly TransitionNode[]>(known.map(({ event, transitions: all }) => [event, all]));
  const star = known.some(({ event }) => event === '*') && to.hasOwnEvents;
  for (const alias of aliases) {
    const written = known.filter(({ event }) => covers(event, alias));
    const theirs = written.toSorted((a, b) => rank(b.event, alias) - rank(a.event, alias));
    const same = written.every((entry, index) => entry === theirs[index]);
    if (same && !(star && written.some(({ event }) => event === '*'))) continue;
    entries.set(
      alias,
      written.flatMap((entry) => entry.transitions),
    );
  }
  if (star) {
    entries.delete('*');
    const hint =
      'Name what is meant: `error.execution` has no equivalent, for the end of states below there is `onDone`.';
    const message = `There '*' would take the ends of timers and work, too: '${state.name}' lists the declared events instead.`;
    to.report('MR1746', 'info', state.location, message, hint);
  }
  if (entries.size === 0) return undefined;
  return Object.fromEntries(
    [...entries].map(([event, all]) => [event, transitions(to, place, all, `${state.name}.on.${event}`)]),
  );
}

function rank(descriptor: string, alias: string): number {
  return descriptor === alias ? Number.POSITIVE_INFINITY : descriptor.length;
}
