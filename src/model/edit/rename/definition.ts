import type { CallNode } from '../../nodes/flow.ts';
import type { MachineNode } from '../../nodes/machine.ts';
import { readCode } from '../../text/bindings.ts';
import { camelCase, isIdentifier } from '../../text/names.ts';
import { visitCalls } from '../../visit/expressions.ts';
import { checkFree } from '../add.ts';
import type { Step } from '../find.ts';
import { maps, put, type MapName, type Owner } from '../grammar.ts';
import type { Place } from '../place.ts';
import { refuse } from '../problem.ts';
import { visitAllSlots, visitSlots, type Slot } from '../slots.ts';
import { write } from './code.ts';
import { followsEvent, renameAlias, renameDefaultRuns } from './inside.ts';
import { checkTargets } from './target.ts';

const definitionName = /^[A-Za-z_][\w.-]*$/;

/** Gives a definition another name, and names it so wherever it is named. */
export function renameDefinition(step: Step, place: Place, to: string): void {
  const { work } = step;
  const map = place.map as MapName;
  const from = place.definition as string;
  const kind = maps[map];
  if (kind !== 'context' && (!definitionName.test(to) || to.startsWith('failed.') || to === '__proto__')) {
    refuse('MR1782', place.location, `'${to}' cannot be the name of a definition.`, {
      hint: 'A name begins with a letter or _, and goes on with letters, digits, _, - and dots.',
    });
  }
  checkFree(step, map, to, place.location);
  if (kind === 'machine') for (const machine of Object.values(work.model.machines)) checkTargets(machine, from);
  const isMeant = (slot: Slot): boolean => slot.name === from && slot.kinds.includes(kind);
  const constant = constantFor(step, map, from, to);
  const users = new Map<string, readonly [MapName, string]>();
  visitAllSlots(work.model, (slot, userMap, user) => {
    if (isMeant(slot)) users.set(`${userMap}.${user}`, [userMap, user]);
  });
  for (const [userMap, user] of users.values()) {
    const node = work.open(userMap, user) as Owner;
    const slots: Slot[] = [];
    visitSlots(userMap, node, (slot) => isMeant(slot) && slots.push(slot));
    for (const slot of slots) {
      slot.set(to);
      if (slot.call !== undefined && constant !== undefined) renameCallee(slot.call, constant);
    }
    if (userMap === 'machines') followAliases(node as unknown as MachineNode, kind, from, to);
  }
  const node = work.open(map, from) as Owner;
  node['name'] = to;
  renameKey(step, map, from, to);
  if (kind === 'machine') renameKept(step, from, to);
  if (kind === 'task') renameBudgeted(step, from, to);
}

/** What is kept of the histories of a machine goes by its name. */
function renameKept({ work }: Step, from: string, to: string): void {
  const kept = (system: Step['work']['model']): Readonly<Record<string, unknown>> | undefined => {
    const history = system.retention?.['history'] as
      | { readonly machines?: Readonly<Record<string, unknown>> }
      | undefined;
    return history?.machines;
  };
  if (!Object.hasOwn(kept(work.model) ?? {}, from)) return;
  work.openField('retention');
  const { history } = work.system['retention'] as { readonly history: Owner };
  history['machines'] = Object.fromEntries(
    Object.entries(kept(work.model) ?? {}).map(([name, limit]) => [name === from ? to : name, limit]),
  );
}

/** What a task may cost goes by its name. */
function renameBudgeted({ work }: Step, from: string, to: string): void {
  const { tasks = {} } = work.model.budget ?? {};
  if (!Object.hasOwn(tasks, from)) return;
  work.openField('budget');
  (work.system['budget'] as Owner)['tasks'] = Object.fromEntries(
    Object.entries(tasks).map(([name, amount]) => [name === from ? to : name, amount]),
  );
}

/** Puts a definition under another name, at the same place. */
export function renameKey({ work }: Step, map: MapName, from: string, to: string): void {
  const nodes = work.map(map);
  const names = Object.keys(nodes);
  nodes[to] = nodes[from] as Owner;
  delete nodes[from];
  work.touch(map, to);
  work.order(
    map,
    names.map((name) => (name === from ? to : name)),
  );
}

interface Constants {
  readonly from: string;
  readonly to: string;
}

/**
 * What the constant of a definition is called, which follows its name when it is called like it and the new name is
 * free; nothing when it stays.
 */
function constantFor({ work }: Step, map: MapName, from: string, to: string): Constants | undefined {
  const names = { from: camelCase(from), to: camelCase(to) };
  const { model } = work;
  if (names.from === names.to || !isIdentifier(names.to)) return undefined;
  if (Object.hasOwn(model.locals, names.to) || Object.hasOwn(model.imports, names.to)) return undefined;
  let isFree = true;
  visitCalls(model, (call) => {
    const { text } = call.lambda;
    const callee = text.includes(names.from) || text.includes(names.to) ? calleeOf(call) : undefined;
    if (callee === undefined) return;
    const isOwn = call.target.name === from && call.target.kind === maps[map];
    if (!isOwn && callee.name === names.to && !callee.isMember) isFree = false;
    if (!isOwn || callee.isMember || callee.name !== names.from) return;
    const code = readCode(call.lambda.text);
    if (code === undefined || code.occurrences(names.to).length > 0) isFree = false;
  });
  return isFree ? names : undefined;
}

interface Callee {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** `billing.charge`: of something that was imported as a whole. */
  readonly isMember: boolean;
}

/** What a call calls: `charge` in `({ input }) => charge(input)`. */
function calleeOf({ lambda }: CallNode): Callee | undefined {
  const body = lambda.lambda?.body;
  const code = body === undefined ? undefined : readCode(lambda.text);
  if (code === undefined) return undefined;
  const arrow = code.tokens.findIndex(({ type, value, around }) => type === 'mark' && value === '=>' && around === -1);
  let index = arrow + 1;
  while (code.tokens[index]?.value === '(' && code.tokens[index]?.type === 'mark') index += 1;
  while (code.tokens[index + 1]?.value === '.' && code.tokens[index]?.type === 'name') index += 2;
  const token = code.tokens[index];
  if (token?.type !== 'name' || code.tokens[index + 1]?.value !== '(') return undefined;
  return { name: token.value, start: token.start, end: token.end, isMember: token.member === true };
}

function renameCallee(call: CallNode, { from, to }: Constants): void {
  const callee = calleeOf(call);
  if (callee?.name !== from) return;
  write({ node: call.lambda, call }, [{ start: callee.start, end: callee.end, text: to }]);
}

const lists = { event: 'events', flow: 'flows', task: 'tasks', machine: 'machines' } as const;

/** A machine goes on calling a definition as it is called, where it did so and the new name is free in it. */
function followAliases(machine: MachineNode, kind: string, from: string, to: string): void {
  // Whoever wrote `{ placed }` would write `{ orderPlaced }` for `order.placed`, too.
  const called = isIdentifier(from) && !isIdentifier(to) ? camelCase(to) : to;
  for (const [listKind, key] of Object.entries(lists)) {
    for (const entry of machine[key]) {
      // The name in it is the new one already.
      const failed = entry.name === `failed.${to}` && (kind === 'task' || kind === 'flow');
      const name = failed ? `failed.${to}` : to;
      const old = failed ? `failed.${from}` : from;
      const next = failed ? name : called;
      if ((listKind !== kind && !failed) || entry.name !== name || entry.alias !== old) continue;
      if (machine[key].some(({ alias }) => alias === next)) continue;
      if (key === 'events' && !followsEvent(machine, old, next)) continue;
      put(entry, 'alias', next);
      if (key === 'events') renameAlias(machine, old, next);
      else if (listKind === kind) renameDefaultRuns(machine, listKind, to, old, next);
    }
  }
}
