import type { ActionNode, StateNode, TransitionNode } from '../../../model/index.ts';
import { durationOf } from '../../xstate/import/duration.ts';
import type { Json, JsonMember, JsonNode } from '../../xstate/import/json.ts';
import type { Configuring, Members } from './configuring.ts';
import { contractsOf } from './contracts.ts';

/** What a workflow knows by name. */
export interface Known {
  readonly states: readonly string[];
  readonly guards: readonly string[];
  /** Names there, and the definitions here. */
  readonly agents: ReadonlyMap<string, string>;
  readonly resources: ReadonlyMap<string, string>;
  /** What functions are called there, where that is no name here. */
  readonly functions: Record<string, string>;
  /** What states say that states here have no place for. */
  readonly meta: Record<string, Json>;
}

const stateKeys = [
  'description',
  'entry_actions',
  'exit_actions',
  'terminal',
  'timeout_seconds',
  'timeout_target',
  'agents',
  'required_resources',
  'handlers',
  'transitions',
  'contracts',
];

/** `[workflows.states.NAME]` */
export function stateOf(to: Configuring, known: Known, member: JsonMember): StateNode {
  const { key: name, value } = member;
  const members = to.members(value, stateKeys, `The state '${name}'`);
  const terminal = members.get('terminal')?.value;
  if (terminal !== undefined && !(terminal.kind === 'value' && typeof terminal.value === 'boolean'))
    to.wrong(terminal, 'true or false');
  const isFinal = terminal?.kind === 'value' && terminal.value === true;
  const description = to.text(members.get('description'), 'a text');
  const handlers = [...listOf(to, members.get('handlers')), ...listOf(to, members.get('transitions'))];
  const after = timeoutOf(to, known, name, members);
  const first = members.get('handlers') ?? members.get('transitions');
  if (isFinal && handlers.length > 0 && first !== undefined) {
    const hint = 'A terminal state is the end: take its handlers out, or `terminal`.';
    to.report('MR1796', 'error', first, `The terminal state '${name}' has handlers.`, hint);
  } else if (isFinal && after.length > 0) {
    const hint = 'A terminal state is the end: take its timeout out, or `terminal`.';
    const at = members.get('timeout_seconds') ?? member;
    to.report('MR1796', 'error', at, `The terminal state '${name}' has a timeout.`, hint);
  }
  note(to, known, name, members);
  const on = new Map<string, TransitionNode[]>();
  let last = '';
  for (const handler of handlers) {
    const found = handlerOf(to, known, handler, name);
    if (
      found !== undefined &&
      found.event !== last &&
      on.has(found.event) &&
      [...on.keys()].some((each) => each.endsWith('*'))
    ) {
      const message = `Handlers of '${found.event}' stand together here: this one is asked before those of other events above it.`;
      to.report('MR1754', 'warning', handler, message, 'Put the handlers of an event one behind the other.');
    }
    last = found?.event ?? last;
    if (found !== undefined) on.set(found.event, [...(on.get(found.event) ?? []), found.transition]);
  }
  return {
    kind: 'state',
    name,
    type: isFinal ? 'final' : 'atomic',
    ...(description === undefined ? {} : { description }),
    on: [...on].map(([event, transitions]) => ({
      event,
      transitions,
      location: transitions[0]?.location ?? to.location(member),
    })),
    always: [],
    after,
    entry: actionsOf(to, known, members.get('entry_actions')),
    exit: actionsOf(to, known, members.get('exit_actions')),
    run: [],
    onDone: [],
    states: [],
    location: to.location(member),
  };
}

/** Agents, resources and contracts of a state. */
function note(to: Configuring, known: Known, state: string, members: Members): void {
  const names = (key: string, what: string, all: ReadonlyMap<string, string>): readonly string[] =>
    to
      .texts(members.get(key), `${what}s`)
      .flatMap(({ text, at }) => all.get(text) ?? to.unknown(text, at, what, [...all.keys()]) ?? []);
  const agents = names('agents', 'agent', known.agents);
  const resources = names('required_resources', 'resource', known.resources);
  const contracts = contractsOf(to, members.get('contracts'), { state, agents, resources });
  const meta = {
    ...(agents.length === 0 ? {} : { agents }),
    ...(resources.length === 0 ? {} : { required_resources: resources }),
    ...(Object.keys(contracts).length === 0 ? {} : { contracts }),
  };
  if (Object.keys(meta).length > 0) known.meta[state] = meta;
}

function listOf(to: Configuring, member: JsonMember | undefined): readonly JsonNode[] {
  if (member === undefined) return [];
  return member.value.kind === 'array' ? member.value.items : (to.wrong(member.value, 'a list of handlers') ?? []);
}

function handlerOf(
  to: Configuring,
  known: Known,
  node: JsonNode,
  state: string,
): { readonly event: string; readonly transition: TransitionNode } | undefined {
  const members = to.members(node, ['description', 'event', 'target', 'guard', 'actions'], `A handler of '${state}'`);
  const eventMember = members.get('event');
  const event = to.text(eventMember, 'the name of an event');
  const target = targetOf(to, known, members.get('target'));
  const guardMember = members.get('guard');
  const guard = to.text(guardMember, 'the name of a guard');
  const description = to.text(members.get('description'), 'a text');
  if (guard !== undefined && guardMember !== undefined && !known.guards.includes(guard))
    to.unknown(guard, guardMember.value, 'guard', known.guards);
  if (eventMember === undefined && node.kind === 'object')
    to.report('MR1791', 'error', node, `A handler of '${state}' has no 'event'.`);
  if (event === undefined || eventMember === undefined || !to.isName(event, eventMember.value)) return undefined;
  if (!event.includes('*')) to.event(event, eventMember.value);
  const test =
    guard === undefined || guardMember === undefined
      ? undefined
      : functionOf(to, known, 'guard', guard, guardMember.value);
  const transition: TransitionNode = {
    kind: 'transition',
    targets: target === undefined ? [] : [target],
    ...(test === undefined ? {} : { guard: test }),
    actions: actionsOf(to, known, members.get('actions')),
    ...(description === undefined ? {} : { description }),
    location: to.location(node),
  };
  return { event, transition };
}

function targetOf(to: Configuring, known: Known, member: JsonMember | undefined): string | undefined {
  const target = to.text(member, 'the name of a state');
  if (target === undefined || member === undefined || known.states.includes(target)) return target;
  return to.unknown(target, member.value, 'state', known.states);
}

function actionsOf(to: Configuring, known: Known, member: JsonMember | undefined): readonly ActionNode[] {
  return to.texts(member, 'names of actions').map(({ text, at }) => {
    return { kind: 'assign', value: functionOf(to, known, 'action', text, at), location: to.location(at) };
  });
}

function functionOf(to: Configuring, { functions }: Known, what: 'guard' | 'action', name: string, at: JsonNode) {
  const node = to.placeholder(what, name, undefined, at);
  if (node.text !== name) functions[node.text] = name;
  return node;
}

/** `timeout_seconds` and `timeout_target`: both, or none. */
function timeoutOf(to: Configuring, known: Known, state: string, members: Members): StateNode['after'] {
  const [time, goal] = [members.get('timeout_seconds'), members.get('timeout_target')];
  const seconds = to.count(time, 'seconds', false);
  const target = targetOf(to, known, goal);
  const only = time === undefined ? goal : goal === undefined ? time : undefined;
  if (only !== undefined) {
    const [has, lacks] = only === time ? ['timeout_seconds', 'timeout_target'] : ['timeout_target', 'timeout_seconds'];
    return to.report('MR1791', 'error', only, `The state '${state}' has a '${has}' and no '${lacks}'.`) ?? [];
  }
  if (seconds === undefined || time === undefined || target === undefined) return [];
  const span = Math.round(seconds * 1000);
  if (span < 1 || span > 36_500 * 86_400_000) return to.wrong(time.value, 'between a millisecond and 36500 days') ?? [];
  const location = to.location(time);
  const transition = { kind: 'transition', targets: [target], actions: [], location } as const;
  return [{ delay: durationOf(span), transitions: [transition], location }];
}
