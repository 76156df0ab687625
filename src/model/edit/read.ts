import type { Diagnostic } from '../diagnostic.ts';
import type { ImportNode, LocalNode } from '../nodes/expression.ts';
import type { SystemModel } from '../nodes/system.ts';
import type { DefinitionKind, ItemKind } from './grammar.ts';

/**
 * What a text stands for. A definition, an item of a list, or the value of a field: a `schema`, a lambda
 * (`expression`), a lambda or a constant text (`textOrExpression`), a lambda that makes one call (`call`), a `body` of
 * steps, lists of `transitions`, `actions` or `states`, or anything else that is written as a literal (`value`).
 */
export type FragmentKind =
  | DefinitionKind
  | ItemKind
  | 'schema'
  | 'expression'
  | 'textOrExpression'
  | 'call'
  | 'body'
  | 'transitions'
  | 'actions'
  | 'states'
  | 'value';

/** Where the text of an edit goes. */
export interface FragmentPlace {
  readonly kind: FragmentKind;
  /** Of the edit. */
  readonly path: string;
  /** The last name or index of the path: what a definition, a step or a state is called. */
  readonly name: string;
  /** The system as the edits before this one have made it. */
  readonly model: SystemModel;
}

/** What a text means: the node or value of the model, with what it needs and the model does not have. */
export interface ReadFragment {
  readonly node: unknown;
  readonly locals?: readonly LocalNode[];
  readonly imports?: readonly ImportNode[];
}

/** Why a text means nothing. */
interface UnreadText {
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the text that a `.dsl.ts` would have in a place. */
export type ReadText = (text: string, place: FragmentPlace) => ReadFragment | UnreadText;

const keys = (list: string): readonly string[] => list.split(' ');
const kinds: Readonly<Record<string, FragmentKind>> = Object.fromEntries([
  ...keys('event.payload task.input task.output flow.input flow.output machine.context state.context approve.form').map(
    (key) => [key, 'schema'] as const,
  ),
  ...keys('step.call step.undo emit.call raise.call start.call send.call graphNode.call flow.onFailure').map(
    (key) => [key, 'call'] as const,
  ),
  ...keys(
    'branch.on map.over repeat.until returns.value match.value transition.guard assign.value forEach.over ' +
      'when.condition run.input state.output',
  ).map((key) => [key, 'expression'] as const),
  ...keys('sleep.time approve.message send.id send.delay send.target cancel.id timer.delay').map(
    (key) => [key, 'textOrExpression'] as const,
  ),
  ...keys('state.always state.onDone run.onDone run.onError on.transitions timer.transitions').map(
    (key) => [key, 'transitions'] as const,
  ),
  ...keys('state.entry state.exit transition.actions forEach.actions when.actions when.otherwise').map(
    (key) => [key, 'actions'] as const,
  ),
  ...keys('machine.states state.states').map((key) => [key, 'states'] as const),
  ...keys('flow.body map.body repeat.body attempt.body attempt.handler part.body').map((key) => [key, 'body'] as const),
]);

/** What the value of a member is, by the kind of its owner. */
export function kindOfField(type: string | undefined, key: string): FragmentKind {
  const name = `${type}.${key}`;
  return (Object.hasOwn(kinds, name) ? kinds[name] : undefined) ?? 'value';
}
