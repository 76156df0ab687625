import type { ExpressionNode } from '../../../model/index.ts';
import { quote } from '../../../model/text/names.ts';
import { referenceOf } from './actions.ts';
import type { Importing } from './importing.ts';
import { membersOf, plain, type JsonMember, type JsonNode } from './json.ts';
import { memberOf, resolve, textOf, type Draft, type DraftTree } from './tree.ts';

/** A guard: a name, an object with a `type`, or `and`, `or` and `not` of others. */
export function guardOf(to: Importing, tree: DraftTree, from: Draft, node: JsonNode): ExpressionNode | undefined {
  const inner = operandsOf(node);
  if (inner !== undefined) {
    const combined = combine(to, tree, from, node, inner);
    if (combined === undefined) return undefined;
    const { text: body, uses } = combined;
    const lambda = { parameter: 'scope', body, block: false };
    const names = [...new Set(uses)].toSorted();
    return { kind: 'expression', text: `(scope) => ${body}`, uses: names, lambda, location: to.location(node) };
  }
  const found = referenceOf(to, node, 'A guard');
  if (found === undefined) return undefined;
  const { type, params } = found;
  const state = type === 'stateIn' || type === 'xstate.stateIn' ? stateIn(to, tree, from, params) : undefined;
  return state ?? to.placeholder('guard', type, params && plain(params.value), node);
}

/** What `and`, `or` or `not` puts together. Without a list these are names like any other. */
function operandsOf(node: JsonNode): JsonMember | undefined {
  if (!/^(?:and|or|not)$/.test(textOf(node, 'type') ?? '')) return undefined;
  return memberOf(node, 'guards') ?? memberOf(node, 'guard');
}

/** A part of a condition, as code over `scope`. */
interface Condition {
  readonly text: string;
  readonly uses: readonly string[];
  /** Does it stand for itself within others? */
  readonly isOne: boolean;
}

function combine(to: Importing, tree: DraftTree, from: Draft, node: JsonNode, list: JsonMember): Condition | undefined {
  const type = textOf(node, 'type');
  to.members(node, ['type', 'guards', 'guard'], `The guard '${type}'`);
  const nodes = list.value.kind === 'array' ? list.value.items : type === 'not' ? [list.value] : undefined;
  if (nodes === undefined) return to.wrong(list.value, 'a list of guards');
  if (type === 'not' && nodes.length !== 1) return to.wrong(list.value, 'one guard');
  const parts = nodes.flatMap((each) => conditionOf(to, tree, from, each) ?? []);
  const [first] = parts;
  if (parts.length < nodes.length) return undefined;
  const uses = parts.flatMap((part) => part.uses);
  if (first === undefined) return { text: String(type === 'and'), uses, isOne: true };
  if (type === 'not') return { text: `!${wrapped(first)}`, uses, isOne: true };
  if (parts.length === 1) return first;
  return { text: parts.map(wrapped).join(type === 'and' ? ' && ' : ' || '), uses, isOne: false };
}

const wrapped = ({ text, isOne }: Condition): string => (isOne ? text : `(${text})`);

function conditionOf(to: Importing, tree: DraftTree, from: Draft, node: JsonNode): Condition | undefined {
  const inner = operandsOf(node);
  if (inner !== undefined) return combine(to, tree, from, node, inner);
  const guard = guardOf(to, tree, from, node);
  if (guard === undefined) return undefined;
  const { text, lambda, uses } = guard;
  const code = lambda === undefined ? `${text}(scope)` : lambda.body.replace(/^isIn\(/, 'scope.in(');
  return { text: code, uses, isOne: true };
}

/** `({ in: isIn }) => isIn('open')` */
function stateIn(
  to: Importing,
  tree: DraftTree,
  from: Draft,
  params: JsonMember | undefined,
): ExpressionNode | undefined {
  const value = params?.value;
  const inner = value?.kind === 'object' ? membersOf(value)[0]?.value : value;
  if (params === undefined || inner?.kind !== 'value' || typeof inner.value !== 'string') return undefined;
  const state = resolve(to, tree, from, inner.value, inner);
  if (state === undefined) return undefined;
  const body = `isIn(${quote(state.name)})`;
  const lambda = { parameter: '{ in: isIn }', body, block: false };
  return { kind: 'expression', text: `({ in: isIn }) => ${body}`, uses: [], lambda, location: to.location(params) };
}
