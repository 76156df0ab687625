import { ts } from '../syntax/typescript.js';
import { visitSteps, type MachineNode, type SystemModel } from '../../model/index.ts';
import { pathName } from '../../model/edit/path.ts';
import { definitionMaps } from '../../model/nodes/definition-maps.ts';
import { visitStates } from '../../model/visit/index.ts';
import { stateRenaming, stepRenaming, type Rewriting } from '../edit/names.ts';
import type { Opened } from '../read.ts';
import type { Module } from '../syntax/module.ts';
import { behind } from '../value/follow.ts';
import type { Member } from '../define/members.ts';
import { isMemberName, tokensOf, type Token } from './tokens.ts';

/** Something of a system that has a name. */
export interface Entity {
  readonly kind: 'event' | 'task' | 'agent' | 'resource' | 'flow' | 'machine' | 'state' | 'step';
  readonly name: string;
  /** Where the edits of a system find it: `machines.order.states.open`. */
  readonly path: string;
  /** The machine of a state, or the flow of a step. */
  readonly owner?: string;
}

/** A system, and the files that say it. */
export interface Source {
  readonly opened: Opened;
  readonly system: SystemModel;
}

/** A name in a file. */
export interface Place {
  readonly module: Module;
  readonly start: number;
  readonly end: number;
}

const definition = (kind: keyof typeof definitionMaps, name: string): Entity => ({
  kind,
  name,
  path: `${definitionMaps[kind]}.${pathName(name)}`,
});

/** What a name in a file stands for; nothing when it is no name of the system. */
export function entityAt(source: Source, module: Module, token: Token): Entity | undefined {
  return (
    declaredName(source, module, token) ??
    stateAt(source, module, token) ??
    stepAt(source, module, token) ??
    eventKey(source, module, token) ??
    runTarget(source, module, token) ??
    constantAt(source, module, token)
  );
}

/** Where something of a system is declared. */
export function declarationOf({ opened, system }: Source, entity: Entity): Place | undefined {
  const { kind, name, owner = '', path } = entity;
  const spot = (rewriting: readonly Rewriting[] | undefined): Place | undefined => {
    const [first] = rewriting ?? [];
    return first && trimmed(first);
  };
  if (kind === 'state') return spot(stateRenaming(opened, system, owner, name, name));
  if (kind === 'step') return spot(stepRenaming(opened, system, owner, stepPath(path), name));
  const member = opened.members.find((each) => each.name === name);
  if (member === undefined) return undefined;
  const { module, declaration } = member.definition;
  return { module, start: declaration.name.getStart(module.source), end: declaration.name.end };
}

/** Where a system names something, its declaration among it. */
export function placesOf(source: Source, entity: Entity): readonly Place[] {
  const constants = new Set([entity.name, ...aliasesOf(source, entity)]);
  return [...source.opened.reading.modules.values()].flatMap((module) => {
    if (module === undefined) return [];
    const tokens = [...constants].flatMap((text) => tokensOf(module.source, text));
    return tokens
      .filter((token) => entityAt(source, module, token)?.path === entity.path)
      .map(({ start, end }) => ({ module, start, end }))
      .toSorted((a, b) => a.start - b.start);
  });
}

/** The path of a step in its flow, without the flow. */
function stepPath(path: string): string {
  return path.slice(path.indexOf('.body.') + '.body.'.length).replaceAll('"', '');
}

/** What files call a definition: its constant, and what imports and machines call it. */
function aliasesOf({ opened, system }: Source, { kind, name }: Entity): readonly string[] {
  if (kind === 'state' || kind === 'step') return [];
  const member = opened.members.find((each) => each.name === name);
  const constant = member?.definition.declaration.name.getText(member.definition.module.source);
  const imported = [...opened.reading.modules.values()].flatMap((module) =>
    [...(module?.bindings.values() ?? [])].flatMap(({ name: local, value }) =>
      value?.kind === 'import' && value.imported === constant ? [local] : [],
    ),
  );
  const given = Object.values(system.machines).flatMap(({ events, flows, tasks, machines }) =>
    [...events, ...flows, ...tasks, ...machines].flatMap((each) => (each.name === name ? [each.alias] : [])),
  );
  return [...(constant === undefined ? [] : [constant]), ...imported, ...given];
}

/** The first argument of a definition. */
function declaredName({ opened }: Source, module: Module, { node }: Token): Entity | undefined {
  const member = opened.members.find(
    ({ definition: { head } }) => head.module === module && head.node.arguments[0] === node,
  );
  return member && definition(member.definition.verb, member.name);
}

function stateAt({ opened, system }: Source, module: Module, token: Token): Entity | undefined {
  const { text, around } = token;
  for (const machine of Object.values(system.machines)) {
    if (!hasState(machine, text)) continue;
    const entity = { kind: 'state', name: text, owner: machine.name } as const;
    const found = { ...entity, path: `machines.${pathName(machine.name)}.states.${pathName(text)}` };
    const places = stateRenaming(opened, system, machine.name, text, text) ?? [];
    if (places.some((place) => covers(place, module, token))) return found;
    // `initial: 'open'`, `isIn('open')`.
    const [parent] = around;
    const isOther =
      ts.isStringLiteralLike(token.node) &&
      parent !== undefined &&
      (ts.isCallExpression(parent) || isProperty(parent, ['initial', 'target']) || ts.isArrayLiteralExpression(parent));
    if (isOther && memberAround(opened.members, module, token)?.name === machine.name) return found;
  }
  return undefined;
}

function hasState(machine: MachineNode, name: string): boolean {
  let isThere = false;
  visitStates(machine, (state) => (isThere ||= state.name === name));
  return isThere;
}

function stepAt({ opened, system }: Source, module: Module, token: Token): Entity | undefined {
  const name = memberAround(opened.members, module, token)?.name;
  const flow = name === undefined ? undefined : system.flows[name];
  if (flow === undefined) return undefined;
  const paths: string[] = [];
  visitSteps(flow, (step, { path }) => {
    if ('id' in step && step.id === token.text) paths.push(path);
  });
  const entity = (path: string): Entity => ({
    kind: 'step',
    name: token.text,
    owner: flow.name,
    path: `flows.${pathName(flow.name)}.body.${path.split('/').map(pathName).join('/')}`,
  });
  for (const path of paths) {
    const places = stepRenaming(opened, system, flow.name, path, token.text) ?? [];
    if (places.some((place) => covers(place, module, token))) return entity(path);
  }
  // `({ input, payment }) => …`: what a lambda takes of the steps before it.
  const [path] = paths;
  const isTaken = ts.isIdentifier(token.node) && !isMemberName(token) && isBound(token);
  return isTaken && path !== undefined ? entity(path) : undefined;
}

/** `on: { orderPlaced: … }`, `creates: ['orderPlaced']`: what a machine calls an event. */
function eventKey({ opened, system }: Source, module: Module, token: Token): Entity | undefined {
  const owner = memberAround(opened.members, module, token)?.name;
  const machine = owner === undefined ? undefined : system.machines[owner];
  const event = machine?.events.find(({ alias }) => alias === token.text);
  if (event === undefined) return undefined;
  const [parent, object, holder] = token.around;
  const isKey =
    parent !== undefined &&
    ts.isPropertyAssignment(parent) &&
    parent.name === token.node &&
    object !== undefined &&
    holder !== undefined &&
    isProperty(holder, ['on']);
  const isCreating = object !== undefined && isProperty(object, ['creates']);
  return isKey || isCreating ? definition('event', event.name) : undefined;
}

/** `run: { flow: 'fulfilOrder' }`: what a machine calls a definition. */
function runTarget({ opened, system }: Source, module: Module, token: Token): Entity | undefined {
  const [parent] = token.around;
  if (parent === undefined || !ts.isPropertyAssignment(parent) || parent.initializer !== token.node) return undefined;
  const owner = memberAround(opened.members, module, token)?.name;
  const machine = owner === undefined ? undefined : system.machines[owner];
  for (const kind of ['flow', 'task', 'machine'] as const) {
    const found = machine?.[definitionMaps[kind] as 'flows'].find(({ alias }) => alias === token.text);
    if (found !== undefined && isProperty(parent, [kind])) return definition(kind, found.name);
  }
  return undefined;
}

/** A constant that holds a definition, here or behind imports. */
function constantAt({ opened }: Source, module: Module, token: Token): Entity | undefined {
  if (!ts.isIdentifier(token.node) || isMemberName(token) || isBound(token)) return undefined;
  const found = behind(opened.reading, module, token.text);
  if (found?.kind !== 'declared' || found.binding.value?.kind !== 'const') return undefined;
  const { declaration } = found.binding.value;
  const member = opened.members.find((each) => each.definition.declaration === declaration);
  return member && definition(member.definition.verb, member.name);
}

/** Does a function around a name bind it, as a parameter or a constant of its own? */
function isBound({ text, around }: Token): boolean {
  const binds = (name: ts.BindingName): boolean =>
    ts.isIdentifier(name)
      ? name.text === text
      : name.elements.some((each) => ts.isBindingElement(each) && binds(each.name));
  return around.some((node) => {
    if (ts.isArrowFunction(node) || ts.isFunctionExpression(node) || ts.isFunctionDeclaration(node))
      return node.parameters.some((parameter) => binds(parameter.name));
    if (!ts.isBlock(node)) return false;
    return node.statements.some(
      (each) => ts.isVariableStatement(each) && each.declarationList.declarations.some(({ name }) => binds(name)),
    );
  });
}

function memberAround(members: readonly Member[], module: Module, { start }: Token): Member | undefined {
  return members.find(
    ({ definition: { module: own, statement } }) => own === module && statement.pos <= start && start < statement.end,
  );
}

function isProperty(node: ts.Node, names: readonly string[]): boolean {
  return ts.isPropertyAssignment(node) && 'text' in node.name && names.includes(String(node.name.text));
}

/** A change of a name takes its quotes along. */
function trimmed({ module, start, end }: Rewriting): Place {
  const quoted = /^['"`]/.test(module.text.slice(start, end));
  return quoted ? { module, start: start + 1, end: end - 1 } : { module, start, end };
}

function covers(place: Rewriting, module: Module, { start, end }: Token): boolean {
  return place.module === module && place.start <= start && end <= place.end;
}
