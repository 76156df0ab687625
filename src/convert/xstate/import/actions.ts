import { durationOf } from './duration.ts';
import type { ActionNode, CallNode, Location } from '../../../model/index.ts';
import { literal, type Importing } from './importing.ts';
import { membersOf, plain, type Json, type JsonMember, type JsonNode } from './json.ts';

/** Actions: a name, an object with a `type`, or a list of them. */
export function actionsOf(to: Importing, member: JsonMember | undefined): readonly ActionNode[] {
  if (member === undefined) return [];
  const nodes = member.value.kind === 'array' ? member.value.items : [member.value];
  return nodes.flatMap((node) => actionOf(to, node) ?? []);
}

/** The `type` of a guard, an action or a source, and its parameters. */
export function referenceOf(
  to: Importing,
  node: JsonNode,
  what: string,
): { readonly type: string; readonly params: JsonMember | undefined } | undefined {
  if (node.kind === 'value' && typeof node.value === 'string') return { type: node.value, params: undefined };
  if (node.kind !== 'object') return to.wrong(node, `a name or an object with a \`type\` (${inText(what)})`);
  const members = to.members(node, ['type', 'params'], what);
  const type = to.text(members.get('type'), 'a name');
  if (type === undefined) return to.wrong(node, `a \`type\` (${inText(what)})`);
  return { type, params: members.get('params') };
}

/** `An action`, within a sentence. */
const inText = (what: string): string => what.replace(/^An?/, (word) => word.toLowerCase());

function actionOf(to: Importing, node: JsonNode): ActionNode | undefined {
  const found = referenceOf(to, node, 'An action');
  if (found === undefined) return undefined;
  const { type, params } = found;
  if (type.startsWith('xstate.')) return builtIn(to, node, type, params);
  const value = to.placeholder('action', type, params && plain(params.value), node);
  return { kind: 'assign', value, location: to.location(node) };
}

/** What the library itself does, as far as JSON can say it. */
function builtIn(to: Importing, node: JsonNode, type: string, params: JsonMember | undefined): ActionNode | undefined {
  const given = new Map(membersOf(params?.value).map((member) => [member.key, member.value]));
  const location = to.location(node);
  const event = given.get('event');
  const name = membersOf(event).find(({ key }) => key === 'type')?.value;
  const alias = name?.kind === 'value' && typeof name.value === 'string' ? name.value : undefined;
  const id = textValue(given.get('id'));
  if ((type === 'xstate.raise' || type === 'xstate.emit') && event !== undefined && alias !== undefined) {
    const call = eventCall(to, alias, event, location);
    if (type === 'xstate.emit') return { kind: 'emit', call, location };
    const delay = given.get('delay');
    if (delay === undefined) return { kind: 'raise', call, location };
    const time = delayOf(to, delay);
    return time === undefined
      ? undefined
      : { kind: 'send', call, delay: time, ...(id === undefined ? {} : { id }), location };
  }
  const sendId = textValue(given.get('sendId'));
  if (type === 'xstate.cancel' && sendId !== undefined) return { kind: 'cancel', id: sendId, location };
  return to.without(node, `The action '${type}'`, 'Say it with `emit`, `send` or a task where it is needed.');
}

function textValue(node: JsonNode | undefined): string | undefined {
  return node?.kind === 'value' && typeof node.value === 'string' ? node.value : undefined;
}

/** A delay: milliseconds, or the name of one. */
export function delayOf(
  to: Importing,
  node: JsonNode,
): ReturnType<typeof durationOf> | ReturnType<Importing['placeholder']> | undefined {
  if (node.kind === 'value' && typeof node.value === 'number' && node.value >= 0) return durationOf(node.value);
  if (node.kind === 'value' && typeof node.value === 'string')
    return to.placeholder('delay', node.value, undefined, node);
  return to.wrong(node, 'milliseconds, or the name of a delay,');
}

/** `() => name({ … })`, with what the event carries. */
function eventCall(to: Importing, type: string, event: JsonNode, location: Location): CallNode {
  const alias = to.event(type, event);
  const name = to.events.get(alias)?.name ?? alias;
  const payload = Object.entries(plain(event) as { readonly [key: string]: Json }).filter(([key]) => key !== 'type');
  const own = literal(Object.fromEntries(payload));
  const argument = own === '{}' ? '{ id: instanceId }' : own.replace(/^\{/, '{ id: instanceId,');
  const body = `${to.constant(name)}(${argument})`;
  const parameter = '{ instanceId }';
  return {
    kind: 'call',
    target: { kind: 'event', name },
    lambda: {
      kind: 'expression',
      text: `(${parameter}) => ${body}`,
      uses: [],
      lambda: { parameter, reads: ['instanceId'], body, block: false },
      location,
    },
    argument,
    location,
  };
}
