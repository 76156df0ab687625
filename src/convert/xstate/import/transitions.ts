import type { StateNode, TransitionNode } from '../../../model/index.ts';
import { actionsOf, delayOf } from './actions.ts';
import { durationOf } from './duration.ts';
import { guardOf } from './guards.ts';
import type { Importing, Span } from './importing.ts';
import { membersOf, type JsonMember, type JsonNode } from './json.ts';
import { resolve, textOf, type Draft, type DraftTree } from './tree.ts';

const known = ['target', 'guard', 'actions', 'reenter', 'description', 'meta'];

/** The transitions of one trigger: a target, an object, or a list of them. */
export function transitionsOf(
  to: Importing,
  tree: DraftTree,
  from: Draft,
  member: JsonMember | undefined,
): readonly TransitionNode[] {
  if (member === undefined) return [];
  const nodes = member.value.kind === 'array' ? member.value.items : [member.value];
  return nodes.flatMap((node) => transitionOf(to, tree, from, node) ?? []);
}

function transitionOf(to: Importing, tree: DraftTree, from: Draft, node: JsonNode): TransitionNode | undefined {
  const location = to.location(node);
  if (node.kind === 'value' && typeof node.value === 'string') {
    return { kind: 'transition', ...goal(to, tree, from, [[node.value, node]], false), actions: [], location };
  }
  if (node.kind !== 'object') return to.wrong(node, 'a target, a transition or a list of transitions');
  const members = to.members(node, known, 'A transition');
  const meta = members.get('meta');
  if (meta !== undefined) to.without(meta, "The 'meta' of a transition", 'Put it into the description.');
  const guard = members.get('guard');
  const test = guard && guardOf(to, tree, from, guard.value);
  const description = to.text(members.get('description'), 'a text');
  const reenter = members.get('reenter')?.value;
  const leaves = reenter?.kind === 'value' && reenter.value === true;
  return {
    kind: 'transition',
    ...goal(to, tree, from, targetsOf(to, members.get('target')), leaves),
    ...(test === undefined ? {} : { guard: test }),
    actions: actionsOf(to, members.get('actions')),
    ...(description === undefined ? {} : { description }),
    location,
  };
}

function targetsOf(to: Importing, member: JsonMember | undefined): readonly (readonly [string, Span])[] {
  const nodes = member === undefined ? [] : member.value.kind === 'array' ? member.value.items : [member.value];
  return nodes.flatMap((node): (readonly [string, Span])[] => {
    if (node.kind === 'value' && typeof node.value === 'string') return [[node.value, node]];
    to.wrong(node, 'the name of a state');
    return [];
  });
}

/** There a transition stays in its source unless it says `reenter`; here it leaves unless it says `internal`. */
function goal(
  to: Importing,
  tree: DraftTree,
  from: Draft,
  targets: readonly (readonly [string, Span])[],
  reenter: boolean,
): Pick<TransitionNode, 'targets' | 'internal'> {
  const found = targets.flatMap(([target, at]) => resolve(to, tree, from, target, at) ?? []);
  const [first] = targets;
  const isInside = (draft: Draft): boolean => {
    for (let each: Draft | undefined = draft; each !== undefined; each = each.parent) if (each === from) return true;
    return false;
  };
  const stays = !reenter && found.length > 0 && found.every(isInside);
  if (stays && first !== undefined && textOf(from.node, 'type') === 'parallel' && found.some((each) => each !== from)) {
    const hint = 'Put the regions into a compound state, and the transition there.';
    to.report(
      'MR1754',
      'warning',
      first[1],
      `A transition of the parallel state '${from.name}' into itself leaves it here.`,
      hint,
    );
  }
  return { targets: found.map(({ name }) => name), ...(stays ? { internal: true } : {}) };
}

/** What a state says about events, in the order in which XState tries it: names first, then the longer patterns. */
export function handlersOf(
  to: Importing,
  tree: DraftTree,
  from: Draft,
  member: JsonMember | undefined,
): StateNode['on'] {
  if (member !== undefined && member.value.kind !== 'object') to.wrong(member.value, 'an object of events');
  const entries = membersOf(member?.value).flatMap((each) => {
    const { key, value } = each;
    if (
      key === '' ||
      /^(?:xstate|done\.(?:state|invoke)|error\.(?:platform|execution|communication))(?:\.|$)/.test(key)
    ) {
      const hint =
        key === ''
          ? "XState 5 calls it 'always'."
          : 'There are `onDone`, `onError` and `after` for the ends of states, work and timers.';
      return to.without(each, `The event '${key}'`, hint) ?? [];
    }
    if (!key.includes('*')) to.event(key, each);
    const location = to.location({ start: each.start, end: value.end });
    return [{ event: key, transitions: transitionsOf(to, tree, from, each), location }];
  });
  const rank = (event: string): number => (event.endsWith('*') ? event.length : Number.POSITIVE_INFINITY);
  return entries.toSorted((a, b) => (rank(a.event) === rank(b.event) ? 0 : rank(b.event) - rank(a.event)));
}

/** Timers by milliseconds, or by the name of a delay. */
export function timersOf(
  to: Importing,
  tree: DraftTree,
  from: Draft,
  member: JsonMember | undefined,
): StateNode['after'] {
  if (member !== undefined && member.value.kind !== 'object') to.wrong(member.value, 'an object of delays');
  return membersOf(member?.value).flatMap((each): StateNode['after'] => {
    const { key, value } = each;
    const location = to.location({ start: each.start, end: value.end });
    const transitions = transitionsOf(to, tree, from, each);
    if (/^\d+(?:\.\d+)?$/.test(key)) return [{ delay: durationOf(Number(key)), transitions, location }];
    const named: JsonNode = { kind: 'value', value: key, start: each.start, end: each.end };
    const delay = delayOf(to, named);
    if (delay === undefined) return [];
    if (transitions.slice(0, -1).some(({ targets }) => targets.length === 0)) {
      const hint = 'Write one transition, and decide in the `always` of the state that it goes to.';
      to.report('MR1754', 'warning', each, `Of the transitions after '${key}' more than one may be taken here.`, hint);
    }
    // A computed delay has one transition here: several are timers of their own, due at the same time.
    return transitions.map((transition) => ({ delay, transitions: [transition], location }));
  });
}
