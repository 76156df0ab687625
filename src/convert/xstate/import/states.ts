import type { RunNode, StateNode } from '../../../model/index.ts';
import { actionsOf, referenceOf } from './actions.ts';
import { constantLambda, type Importing } from './importing.ts';
import { plain, type JsonMember, type JsonNode } from './json.ts';
import { handlersOf, timersOf, transitionsOf } from './transitions.ts';
import { descend, pathOf, type Draft, type DraftTree } from './tree.ts';

/** What a state may have. */
export const stateKeys = [
  'id',
  'type',
  'initial',
  'states',
  'on',
  'always',
  'after',
  'entry',
  'exit',
  'invoke',
  'onDone',
  'output',
  'history',
  'target',
  'tags',
  'meta',
  'description',
];

/** A state and those below it. */
export function stateOf(to: Importing, tree: DraftTree, draft: Draft, keys: readonly string[] = stateKeys): StateNode {
  const { node, name, children, at } = draft;
  const members = to.members(node, keys, draft.parent === undefined ? 'The machine' : `State '${name}'`);
  const type = typeOf(to, draft, members.get('type'));
  const tags = tagsOf(to, members.get('tags'));
  const description = to.text(members.get('description'), 'a text');
  const meta = members.get('meta');
  if (meta !== undefined) to.stateMeta[name] = plain(meta.value);
  const output = members.get('output');
  const initial =
    type === 'history'
      ? historyTarget(to, draft, members.get('target'))
      : initialOf(to, draft, type, members.get('initial'));
  return {
    kind: 'state',
    name,
    type,
    ...(description === undefined ? {} : { description }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(initial.length === 0 ? {} : { initial }),
    on: handlersOf(to, tree, draft, members.get('on')),
    always: transitionsOf(to, tree, draft, members.get('always')),
    after: timersOf(to, tree, draft, members.get('after')),
    entry: actionsOf(to, members.get('entry')),
    exit: actionsOf(to, members.get('exit')),
    run: runsOf(to, tree, draft, members.get('invoke')),
    onDone: transitionsOf(to, tree, draft, members.get('onDone')),
    ...(output === undefined || type !== 'final'
      ? {}
      : { output: constantLambda(plain(output.value), to.location(output)) }),
    ...(type === 'history' ? { history: depthOf(to, members.get('history')) } : {}),
    states: children.map((child) => stateOf(to, tree, child)),
    location: to.location({ start: at.start, end: node.end }),
  };
}

const types = ['atomic', 'compound', 'parallel', 'final', 'history'] as const;

function typeOf(to: Importing, { children, name, at }: Draft, member: JsonMember | undefined): StateNode['type'] {
  const given = to.text(member, 'a type of state');
  const found = types.find((type) => type === given);
  if (given !== undefined && found === undefined && member !== undefined)
    to.report(
      'MR1751',
      'error',
      member.value,
      `There is no type '${given}' of states.`,
      `Types are: ${types.join(', ')}.`,
    );
  if (found === 'parallel' || found === 'history') return found;
  if (found === 'final') {
    if (children.length > 0) to.report('MR1751', 'error', at, `The final state '${name}' has states below it.`);
    return found;
  }
  return children.length > 0 ? 'compound' : 'atomic';
}

/** The child to start in. */
function initialOf(
  to: Importing,
  draft: Draft,
  type: StateNode['type'],
  member: JsonMember | undefined,
): readonly string[] {
  if (member === undefined) {
    if (type === 'compound' && draft.children.every(({ node }) => node.kind === 'object')) {
      const hint = 'XState asks for it; here the first state is taken.';
      to.report('MR1751', 'warning', draft.at, `'${draft.name}' has no 'initial'.`, hint);
    }
    return [];
  }
  let value = member.value;
  if (value.kind === 'object') {
    const given = to.members(value, ['target', 'actions', 'meta', 'description'], "An 'initial'");
    const actions = given.get('actions');
    if (actions !== undefined)
      to.without(actions, "The actions of an 'initial'", 'Put them into the entry of the state.');
    value = given.get('target')?.value ?? value;
  }
  if (value.kind !== 'value' || typeof value.value !== 'string') return to.wrong(value, 'the name of a state') ?? [];
  const found = descend(draft, pathOf(value.value.replace(/^\./, '')));
  if (found !== undefined && found !== draft) return [found.name];
  const known = draft.children.map(({ key }) => key).join(', ');
  to.report(
    'MR1753',
    'error',
    value,
    `'${draft.name}' has no state '${value.value}' to start in.`,
    `It has: ${known || 'none'}.`,
  );
  return [];
}

function historyTarget(to: Importing, draft: Draft, member: JsonMember | undefined): readonly string[] {
  const nodes = member === undefined ? [] : member.value.kind === 'array' ? member.value.items : [member.value];
  return nodes.flatMap((node) => {
    if (node.kind !== 'value' || typeof node.value !== 'string' || draft.parent === undefined)
      return to.wrong(node, 'the name of a state') ?? [];
    const found = descend(draft.parent, pathOf(node.value.replace(/^\./, '')));
    if (found === undefined) to.report('MR1753', 'error', node, `'${draft.parent.name}' has no state '${node.value}'.`);
    return found === undefined ? [] : [found.name];
  });
}

function depthOf(to: Importing, member: JsonMember | undefined): 'shallow' | 'deep' {
  const { value } = member ?? {};
  if (value === undefined || (value.kind === 'value' && value.value === 'shallow')) return 'shallow';
  if (value.kind === 'value' && value.value === 'deep') return 'deep';
  to.wrong(value, "'shallow' or 'deep'");
  return 'shallow';
}

function tagsOf(to: Importing, member: JsonMember | undefined): readonly string[] {
  const nodes = member === undefined ? [] : member.value.kind === 'array' ? member.value.items : [member.value];
  return nodes.flatMap((node) =>
    node.kind === 'value' && typeof node.value === 'string' ? [node.value] : (to.wrong(node, 'a tag') ?? []),
  );
}

const invokeKeys = ['id', 'src', 'input', 'onDone', 'onError', 'onSnapshot', 'systemId'];

function runsOf(to: Importing, tree: DraftTree, draft: Draft, member: JsonMember | undefined): readonly RunNode[] {
  const nodes = member === undefined ? [] : member.value.kind === 'array' ? member.value.items : [member.value];
  const ids = new Set<string>();
  return nodes.flatMap((node) => {
    const run = runOf(to, tree, draft, node);
    if (run === undefined) return [];
    let { id } = run;
    while (ids.has(id)) id = `${id}_`;
    ids.add(id);
    return [{ ...run, id }];
  });
}

function runOf(to: Importing, tree: DraftTree, draft: Draft, node: JsonNode): RunNode | undefined {
  if (node.kind !== 'object') return to.wrong(node, "an object with a 'src'");
  const members = to.members(node, invokeKeys, "An 'invoke'");
  const source = members.get('src');
  const found = source && referenceOf(to, source.value, 'An actor');
  if (found === undefined) return source === undefined ? to.wrong(node, "a 'src'") : undefined;
  for (const key of ['onSnapshot', 'systemId']) {
    const extra = members.get(key);
    if (extra !== undefined) to.without(extra, `'${key}'`, 'Let the work send events instead.');
  }
  const name = to.task(found.type, source as JsonMember);
  const input = members.get('input') ?? found.params;
  return {
    kind: 'run',
    id: to.text(members.get('id'), 'a text') ?? `${draft.name}.${name}`,
    target: { kind: 'task', name },
    ...(input === undefined ? {} : { input: constantLambda(plain(input.value), to.location(input)) }),
    onDone: transitionsOf(to, tree, draft, members.get('onDone')),
    onError: transitionsOf(to, tree, draft, members.get('onError')),
    location: to.location(node),
  };
}
