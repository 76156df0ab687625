import type { ActionNode, ExpressionNode } from '../../model/index.ts';
import { visitAction } from '../../model/visit/index.ts';
import { array, object, type Doc } from '../../model/text/doc.ts';
import { quote } from '../../model/text/names.ts';
import { call, lambda, textOr } from './lambdas.ts';
import type { Printing } from './printing.ts';
import { member } from './values.ts';

/** The kinds that have a short form, in the order in which the short forms run. */
const order = ['assign', 'emit', 'raise', 'start', 'cancel', 'send'] as const;
type Short = (typeof order)[number];

/** The members that say what happens, in a transition, an entry or an exit. `do` where the order needs it. */
export function printActions(to: Printing, actions: readonly ActionNode[]): readonly Doc[] {
  const split = actions.findIndex(({ kind }) => kind === 'forEach' || kind === 'when');
  const head = split < 0 ? actions : actions.slice(0, split);
  const tail = split < 0 ? [] : actions.slice(split);
  if (!isInOrder(head)) return member('do', doList(to, actions));
  return [
    ...order.flatMap((kind) => short(to, kind, head)),
    ...(tail.length === 0 ? [] : member('do', doList(to, tail))),
  ];
}

function isInOrder(actions: readonly ActionNode[]): boolean {
  const ranks = actions.map(({ kind }) => order.indexOf(kind as Short));
  const isSorted = ranks.every((rank, index) => index === 0 || rank >= (ranks[index - 1] ?? 0));
  return isSorted && ranks.filter((rank) => rank === 0).length < 2;
}

function short(to: Printing, kind: Short, actions: readonly ActionNode[]): readonly Doc[] {
  const values = actions.filter((action) => action.kind === kind).map((action) => value(to, action));
  const [first, second] = values;
  return member(kind, second === undefined ? first : array(values));
}

/** Actions in the order in which they are written. */
export function doList(to: Printing, actions: readonly ActionNode[]): Doc {
  return array(
    actions.map((action) => {
      const isBlock = action.kind === 'forEach' || action.kind === 'when';
      return isBlock ? value(to, action) : object(member(action.kind, value(to, action)));
    }),
  );
}

/** What stands behind the kind of an action; a `forEach` or a `when` is an object of its own. */
function value(to: Printing, action: ActionNode): Doc {
  return visitAction<Doc>(action, '', {
    assign: (node) => lambda(to, node.value),
    emit: (node) => call(to, node.call),
    raise: (node) => call(to, node.call),
    start: (node) => call(to, node.call),
    send: (node) =>
      object([
        ...member('event', call(to, node.call)),
        ...member('delay', textOr(to, node.delay)),
        ...member('id', textOr(to, node.id)),
        ...member('target', textOr(to, node.target)),
      ]),
    cancel: (node) => textOr(to, node.id) ?? '',
    forEach: (node) =>
      object([...member('forEach', listPlace(to, node.over)), ...member('do', doList(to, node.actions))]),
    when: (node) =>
      object([
        ...member('when', lambda(to, node.condition)),
        ...member('do', doList(to, node.actions)),
        ...member('else', node.otherwise === undefined ? undefined : doList(to, node.otherwise)),
      ]),
  });
}

/** `'context.lines'`, which is how a list is named. */
function listPlace(to: Printing, node: ExpressionNode): Doc {
  const path =
    /^\(\{ (context|event|output|item) \}\) => (\1(?:\.([\p{ID_Start}$_][\p{ID_Continue}$]*)|\[(".*")\])) \?\? \[\]$/su.exec(
      node.text,
    );
  const [, holder = '', , plain, quoted] = path ?? [];
  const field = plain ?? unquoted(quoted);
  if (field !== undefined && (holder === 'context' || !field.includes('.'))) return quote(`${holder}.${field}`);
  const hint = 'Put the list into a field of the context first, and name that.';
  to.cannot(
    node.location,
    `The list of a 'forEach' is named, such as 'context.lines'; '${node.text}' is computed.`,
    hint,
  );
  return quote('');
}

function unquoted(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as string);
  } catch {
    return undefined;
  }
}
