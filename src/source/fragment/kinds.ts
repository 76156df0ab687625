import { ts } from '../syntax/typescript.js';
import { parsePath } from '../../model/edit/path.ts';
import type { FragmentKind, FragmentPlace } from '../../model/edit/read.ts';
import { propertyKey } from '../../model/text/names.ts';
import { call } from '../define/call.ts';
import { textOrLambda } from '../define/common.ts';
import { eventReference, reference } from '../define/reference.ts';
import { contexts } from '../define/system.ts';
import { body } from '../flow/body.ts';
import { graphNodes } from '../flow/graph.ts';
import { action, actions, doList } from '../machine/actions.ts';
import { go } from '../machine/go.ts';
import { after, runs, states, type Known } from '../machine/state.ts';
import { contextSchema, expression, schema } from '../scope/expression.ts';
import { bare } from '../value/follow.ts';
import { skipTrivia } from '../save/trivia.ts';
import { members, type Reader } from '../value/readers.ts';
import { value } from './value.ts';

/** How the text of one kind is read: what is put around it to make it one expression, and the reader of that. */
export interface Kind {
  readonly before?: string;
  readonly after?: string;
  readonly read: Reader<unknown>;
  /** Does the reader give a list, of which there must be one? */
  readonly isOne?: true;
}

/** The kinds that are no statements of their own. */
export type InnerKind = Exclude<
  FragmentKind,
  'event' | 'task' | 'agent' | 'resource' | 'flow' | 'machine' | 'local' | 'import'
>;

/** How the text for a place is read. */
export function kindOf(kind: InnerKind, place: FragmentPlace, text: string): Kind {
  return kinds[kind](place, text);
}

const kinds: { readonly [K in InnerKind]: (place: FragmentPlace, text: string) => Kind } = {
  context: ({ name }) => ({
    ...keyed(name),
    read: (reading, site) => Object.values(contexts(reading, site) ?? {}),
    isOne: true,
  }),
  step: (_, text) => ({
    before: chainBefore(text, 'f'),
    read: (reading, site) => body(reading, site)?.steps,
    isOne: true,
  }),
  part: () => ({ read: body }),
  body: () => ({ read: body }),
  graphNode: (_, text) =>
    /^(?:[\w$]+\s*\.|\.)?\s*node\s*\(/.test(text.slice(skipTrivia(text, 0)))
      ? { before: chainBefore(text, 'g'), read: graphNodes, isOne: true }
      : { read: call('task', 'flow') },
  match: () => ({ read: expression }),
  alias: ({ path }) => ({ read: aliasReader(path) }),
  state: (place) => ({ ...keyed(place.name), read: states(knownOf(place)), isOne: true }),
  states: (place) => ({ read: states(knownOf(place)) }),
  on: () => ({ read: go }),
  timer: (_, text) =>
    /[{,]\s*delay\s*[:,}]/.test(text)
      ? { before: '[', after: ']', read: after, isOne: true }
      : { read: after, isOne: true },
  transition: () => ({ read: go, isOne: true }),
  transitions: () => ({ read: go }),
  action: () => ({ read: action }),
  actions: () => ({
    read: (reading, site) => (ts.isArrayLiteralExpression(bare(site.node)) ? doList : actions)(reading, site),
  }),
  run: (place) => ({ read: runs(knownOf(place), stateOf(place.path)), isOne: true }),
  schema: ({ path }) => ({ read: path.endsWith('.context') ? contextSchema : schema }),
  expression: () => ({ read: expression }),
  textOrExpression: () => ({ read: textOrLambda }),
  call: () => ({ read: call('task', 'flow', 'event', 'machine') }),
  value: ({ path }) => ({ read: isAliases(path) ? aliasesReader(path) : value }),
};

function keyed(name: string): Pick<Kind, 'before' | 'after'> {
  return { before: `{ ${propertyKey(name)}: `, after: ' }' };
}

/** What stands before a link that is written as `f.step(…)`, as `.step(…)` or as `step(…)`. */
function chainBefore(text: string, sample: string): string {
  const [, name, dot] = /^([\p{ID_Start}$_][\p{ID_Continue}$]*)?\s*(\.)?/u.exec(text.slice(skipTrivia(text, 0))) ?? [];
  if (name !== undefined && dot !== undefined) return `(${name}) => `;
  return `(${sample}) => ${sample}${dot === undefined ? '.' : ''}`;
}

function namesIn(path: string): readonly string[] {
  const parsed = parsePath(path);
  return 'problem' in parsed ? [] : parsed.pieces.map(({ name }) => name);
}

function knownOf({ path, model }: FragmentPlace): Known {
  const [, name = ''] = namesIn(path);
  const machine = Object.hasOwn(model.machines, name) ? model.machines[name] : undefined;
  return { flow: machine?.flows ?? [], task: machine?.tasks ?? [], machine: machine?.machines ?? [] };
}

/** The state whose run a path leads to. */
function stateOf(path: string): string {
  const names = namesIn(path);
  return names[names.lastIndexOf('run') - 1] ?? '';
}

/** What a machine knows of its system: `machines.order.events`. */
function isAliases(path: string): boolean {
  const [first, , list = '', more] = namesIn(path);
  return first === 'machines' && more === undefined && ['events', 'flows', 'tasks', 'machines'].includes(list);
}

/** All of them, as a machine has them: `{ placed, paid: settled }`. */
function aliasesReader(path: string): Reader<unknown> {
  const one = nameReader(path);
  return (reading, site) => {
    if (!ts.isObjectLiteralExpression(bare(site.node))) return value(reading, site);
    const found = members(reading, site)?.map((member) => ({ alias: member.key, name: one(reading, member.value) }));
    return found?.every(({ name }) => name !== undefined) === true ? found : undefined;
  };
}

function nameReader(path: string): Reader<string> {
  const [, , list] = namesIn(path);
  const kind = list === 'flows' ? 'flow' : list === 'tasks' ? 'task' : 'machine';
  return list === 'events' ? eventReference : (reading, site) => reference(kind)(reading, site)?.name;
}

/** `placed`, or `{ paid: placed }` for another name in the machine. */
function aliasReader(path: string): Reader<unknown> {
  const one = nameReader(path);
  return (reading, site) => {
    const node = bare(site.node);
    if (ts.isObjectLiteralExpression(node)) {
      const [only, second] = members(reading, site) ?? [];
      const name = only && one(reading, only.value);
      return only === undefined || second !== undefined || name === undefined ? undefined : { alias: only.key, name };
    }
    const name = one(reading, site);
    return name === undefined ? undefined : { alias: ts.isIdentifier(node) ? node.text : name, name };
  };
}
