import { isDuration, milliseconds } from '../../../core/index.ts';
import type { ActionNode, CallNode, ExpressionNode } from '../../../model/index.ts';
import { argumentCode, arrowBody, userCode } from '../../../model/text/code.ts';
import { block, call, object, type Doc } from '../../../model/text/doc.ts';
import { quote } from '../../../model/text/names.ts';
import type { Code } from './exporting.ts';

/** What the code around a lambda calls its scope: made of what XState hands to a guard or an action. */
const plainScope = 'scope(args)';
const roundScope = '{ ...scope(args), item, index }';

/** A lambda of the declaration, called with its scope. */
export function lambdaCall(node: ExpressionNode, scope: string = plainScope): Doc {
  if (node.lambda === undefined) return [node.text, `(${scope})`];
  return ['(', userCode(node.text), `)(${node.lambda.parameter === '' ? '' : scope})`];
}

/** A function of XState that gives what a lambda of the declaration gives. */
export function adapted(node: ExpressionNode, scope?: string): Doc {
  return node.lambda?.parameter === '' ? userCode(node.text) : ['(args) => ', lambdaCall(node, scope)];
}

/** The marker of an `input` or an `output`, which JSON has no place for. */
export function inputCode({ text, lambda }: ExpressionNode): Code {
  const called = lambda === undefined ? text : `(${text})`;
  return { kind: 'code', text: lambda?.parameter === '' ? text : `(args: any) => ${called}(${plainScope})` };
}

/** The action creators that an implementation needs, noted while it is printed. */
export type Note = (creator: string) => void;

/** An action as XState knows it. */
export function implementation(node: ActionNode, note: Note, scope: string = plainScope): Doc {
  const creator = creators[node.kind];
  note(creator);
  switch (node.kind) {
    case 'assign':
      return call(creator, [adapted(node.value, scope)]);
    case 'emit':
    case 'raise':
      return call(creator, [eventOf(node.call, note, scope)]);
    case 'start': {
      const input = argumentOf(node.call, scope);
      const options = input === undefined ? [] : [object([['input: (args: any) => ', input]])];
      return call(creator, [quote(node.call.target.name), ...options]);
    }
    case 'send': {
      const { id, delay, target } = node;
      const options = [
        ...(id === undefined ? [] : [['id: ', constantOr(id, scope)]]),
        ...(delay === undefined ? [] : [['delay: ', delayOf(delay, note, scope)]]),
      ];
      return call(creator, [
        receiver(target, scope),
        eventOf(node.call, note, scope),
        ...(options.length === 0 ? [] : [object(options)]),
      ]);
    }
    case 'cancel':
      return call(creator, [constantOr(node.id, scope)]);
    case 'when': {
      const then = block(node.actions.map((inner) => enqueued(inner, note, scope)));
      const otherwise = (node.otherwise ?? []).map((inner) => enqueued(inner, note, scope));
      const rest: Doc = otherwise.length === 0 ? '' : [' else ', block(otherwise)];
      return call(creator, [
        ['({ enqueue, ...args }) => ', block([['if (', lambdaCall(node.condition, scope), ') ', then, rest]])],
      ]);
    }
    case 'forEach': {
      const inner = node.actions.map((each) => enqueued(each, note, roundScope));
      const loop = ['for (const [index, item] of [...(', lambdaCall(node.over, scope), ' ?? [])].entries()) '];
      return call(creator, [['({ enqueue, ...args }) => ', block([[...loop, block(inner)]])]]);
    }
  }
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

function enqueued(node: ActionNode, note: Note, scope: string): Doc {
  return ['enqueue(', implementation(node, note, scope), ');'];
}

/** The function that makes the event of a call. */
function eventOf(node: CallNode, note: Note, scope: string): Doc {
  const argument = argumentOf(node, scope);
  if (argument === undefined) return `{ type: ${quote(node.target.name)} }`;
  note('eventOf');
  return ['(args) => eventOf(', quote(node.target.name), ', ', argument, ')'];
}

function argumentOf({ lambda, argument }: CallNode, scope: string): Doc | undefined {
  if (argument === '') return undefined;
  const parameter = lambda.lambda?.parameter ?? '';
  if (parameter === '') return argumentCode(argument);
  return [`((${parameter}) => `, arrowBody(argument), `)(${scope})`];
}

function constantOr(value: string | ExpressionNode, scope: string): Doc {
  return typeof value === 'string' ? quote(value) : adapted(value, scope);
}

/** A delay: milliseconds, or a function that gives them. */
export function delayOf(value: string | ExpressionNode, note: Note, scope: string = plainScope): Doc {
  if (typeof value === 'string') return isDuration(value) ? String(milliseconds(value)) : '0';
  note('milliseconds');
  return ['(args) => milliseconds(', lambdaCall(value, scope), ')'];
}

/** Who gets what is sent: this machine, the one around it, one that runs here, or one of the actor system. */
function receiver(target: string | ExpressionNode | undefined, scope: string): Doc {
  if (target === undefined) return '({ self }) => self';
  if (typeof target !== 'string') return ['(args) => args.system.get(', lambdaCall(target, scope), ')'];
  if (target === '#parent') return '({ self }) => self._parent';
  return target.startsWith('#') ? quote(target.slice(1)) : `({ system }) => system.get(${quote(target)})`;
}
