import { isDuration, milliseconds } from '../../../core/index.ts';
import type { ActionNode, CallNode, ExpressionNode } from '../../../model/index.ts';
import { argumentCode, arrowBody, userCode } from '../../../model/text/code.ts';
import { block, call, object, type Doc } from '../../../model/text/doc.ts';
import { quote } from '../../../model/text/names.ts';
import type { Code } from './exporting.ts';

/** In how many loops a place is: each has variables of its own, since the list of an inner one is that of a round outside. */
type Depth = number;
const variable = (name: 'item' | 'index', depth: Depth): string => (depth === 1 ? name : `${name}${depth}`);

/** What the code around a lambda calls its scope: made of what XState hands to a guard or an action. */
function scopeText(depth: Depth): string {
  if (depth === 0) return 'scope(args)';
  if (depth === 1) return '{ ...scope(args), item, index }';
  return `{ ...scope(args), item: ${variable('item', depth)}, index: ${variable('index', depth)} }`;
}

/** Does a lambda ask for its scope? */
const asks = ({ lambda }: ExpressionNode): boolean => lambda?.parameter !== '';

/** A lambda of the declaration, called with its scope. */
function lambdaCall(node: ExpressionNode, depth: Depth = 0): Doc {
  if (node.lambda === undefined) return [node.text, `(${scopeText(depth)})`];
  return ['(', userCode(node.text), `)(${asks(node) ? scopeText(depth) : ''})`];
}

/** A function of XState that gives what a lambda of the declaration gives. */
export function adapted(node: ExpressionNode, depth?: Depth): Doc {
  return asks(node) ? ['(args) => ', lambdaCall(node, depth)] : userCode(node.text);
}

/** The marker of an `input` or an `output`, which JSON has no place for. */
export function inputCode({ text, lambda }: ExpressionNode): Code {
  const called = lambda === undefined ? text : `(${text})`;
  return { kind: 'code', text: lambda?.parameter === '' ? text : `(args: any) => ${called}(${scopeText(0)})` };
}

/** The action creators that an implementation needs, noted while it is printed. */
export type Note = (creator: string) => void;

/** An action as XState knows it. */
export function implementation(node: ActionNode, note: Note, depth: Depth = 0): Doc {
  const creator = creators[node.kind];
  note(creator);
  switch (node.kind) {
    case 'assign':
      return call(creator, [adapted(node.value, depth)]);
    case 'emit':
    case 'raise':
      return call(creator, [eventOf(node.call, note, depth)]);
    case 'start': {
      const input = argumentOf(node.call, depth);
      const head = asks(node.call.lambda) ? '(args: any) => ' : '() => ';
      const options = input === undefined ? [] : [object([['input: ', head, input]])];
      return call(creator, [quote(node.call.target.name), ...options]);
    }
    case 'send': {
      const { id, delay, target } = node;
      const options = [
        ...(id === undefined ? [] : [['id: ', typeof id === 'string' ? quote(id) : lambdaCall(id, depth)]]),
        ...(delay === undefined ? [] : [['delay: ', delayOf(delay, note, depth)]]),
      ];
      const sent = call(creator, [
        receiver(target, depth),
        eventOf(node.call, note, depth),
        ...(options.length === 0 ? [] : [object(options)]),
      ]);
      if (id === undefined || typeof id === 'string') return sent;
      // There an id is a text: it is computed around.
      note('enqueueActions');
      return call('enqueueActions', [[enqueuing(asks(id), true), block([['enqueue(', sent, ');']])]]);
    }
    case 'cancel':
      return call(creator, [constantOr(node.id, depth)]);
    case 'when': {
      const then = node.actions.map((inner) => enqueued(inner, note, depth));
      const otherwise = (node.otherwise ?? []).map((inner) => enqueued(inner, note, depth));
      const rest: Doc = otherwise.length === 0 ? '' : [' else ', block(otherwise)];
      const head = enqueuing(asks(node.condition), then.length + otherwise.length > 0);
      return call(creator, [[head, block([['if (', lambdaCall(node.condition, depth), ') ', block(then), rest]])]]);
    }
    case 'forEach': {
      const inner = node.actions.map((each) => enqueued(each, note, depth + 1));
      const names = `${variable('index', depth + 1)}, ${variable('item', depth + 1)}`;
      const loop = [`for (const [${names}] of [...(`, lambdaCall(node.over, depth), ' ?? [])].entries()) '];
      return call(creator, [[enqueuing(asks(node.over), inner.length > 0), block([[...loop, block(inner)]])]]);
    }
  }
}

/** The beginning of a function that enqueues actions: it takes what its body uses. */
function enqueuing(withScope: boolean, withActions: boolean): string {
  return withScope ? '({ enqueue, ...args }) => ' : withActions ? '({ enqueue }) => ' : '() => ';
}

const creators = {
  assign: 'assign',
  emit: 'emit',
  raise: 'raise',
  start: 'spawnChild',
  send: 'sendTo',
  cancel: 'cancel',
  when: 'enqueueActions',
  forEach: 'enqueueActions',
} as const;

function enqueued(node: ActionNode, note: Note, depth: Depth): Doc {
  return ['enqueue(', implementation(node, note, depth), ');'];
}

/** The function that makes the event of a call. */
function eventOf(node: CallNode, note: Note, depth: Depth): Doc {
  const argument = argumentOf(node, depth);
  if (argument === undefined) return `{ type: ${quote(node.target.name)} }`;
  note('eventOf');
  return [asks(node.lambda) ? '(args) => eventOf(' : '() => eventOf(', quote(node.target.name), ', ', argument, ')'];
}

function argumentOf({ lambda, argument }: CallNode, depth: Depth): Doc | undefined {
  if (argument === '') return undefined;
  const parameter = lambda.lambda?.parameter ?? '';
  if (parameter === '') return argumentCode(argument);
  return [`((${parameter}) => `, arrowBody(argument), `)(${scopeText(depth)})`];
}

function constantOr(value: string | ExpressionNode, depth: Depth): Doc {
  return typeof value === 'string' ? quote(value) : adapted(value, depth);
}

/** A delay: milliseconds, or a function that gives them. */
export function delayOf(value: string | ExpressionNode, note: Note, depth: Depth = 0): Doc {
  if (typeof value === 'string') return isDuration(value) ? String(milliseconds(value)) : '0';
  note('milliseconds');
  return [asks(value) ? '(args) => ' : '() => ', 'milliseconds(', lambdaCall(value, depth), ')'];
}

/** Who gets what is sent: this machine, the one around it, one that runs here, or one of the actor system. */
function receiver(target: string | ExpressionNode | undefined, depth: Depth): Doc {
  if (target === undefined) return '({ self }) => self';
  if (typeof target !== 'string') return ['(args) => args.system.get(', lambdaCall(target, depth), ')'];
  if (target === '#parent') return '({ self }) => self._parent';
  return target.startsWith('#') ? quote(target.slice(1)) : `({ system }) => system.get(${quote(target)})`;
}
