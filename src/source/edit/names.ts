import { ts } from '../syntax/typescript.js';
import {
  stepParts,
  transitionGroups,
  visitStates,
  visitSteps,
  type Location,
  type SystemModel,
} from '../../model/index.ts';
import { propertyKey } from '../../model/text/names.ts';
import { machineHead } from '../define/dsl-call.ts';
import type { Opened } from '../read.ts';
import type { TextEdit } from '../save/edits.ts';
import { dslName } from '../syntax/dsl-name.ts';
import type { Module } from '../syntax/module.ts';
import { bare } from '../value/follow.ts';

/** An edit in one file. */
export interface Rewriting extends TextEdit {
  readonly module: Module;
}

/** Where a node of the model begins in its file. */
export function offsetOf(
  opened: Opened,
  { file, line, column }: Location,
): { module: Module; offset: number } | undefined {
  const module = [...opened.reading.modules.values()].find((each) => each?.file === file);
  if (module === undefined || line > module.source.getLineStarts().length) return undefined;
  // A byte order mark has no column.
  const mark = line === 1 && module.text.charCodeAt(0) === 0xfeff ? 1 : 0;
  return { module, offset: module.source.getPositionOfLineAndCharacter(line - 1, column - 1) + mark };
}

/** The nodes that begin at an offset, the outermost first. */
function nodesAt(module: Module, offset: number): readonly ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (node.end <= offset || node.pos > offset) return;
    if (node.getStart(module.source) === offset) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(module.source);
  return found;
}

/**
 * Gives a state another name where it is declared, and where transitions and parts of the machine lead to it, be that
 * in constants of their own.
 */
export function stateRenaming(
  opened: Opened,
  model: SystemModel,
  machine: string,
  name: string,
  to: string,
): readonly Rewriting[] | undefined {
  const node = model.machines[machine];
  const found: Rewriting[] = [];
  let own: readonly Rewriting[] | undefined;
  if (node === undefined) return undefined;
  visitStates(node, (state) => {
    if (state.name === name) {
      const at = offsetOf(opened, state.location);
      const member = at && nodesAt(at.module, at.offset).find(ts.isObjectLiteralElementLike);
      if (at !== undefined && member !== undefined) own ??= keyRenaming(at.module, member, to);
    }
    for (const { transitions } of transitionGroups(state))
      for (const { targets, location } of transitions)
        if (targets.includes(name)) found.push(...targetRenaming(opened, location, name, to));
  });
  if (own === undefined) return undefined;
  const all = [...own, ...found, ...partRenaming(opened, machine, name, to)];
  const isFirst = ({ module, start }: Rewriting, at: number): boolean =>
    all.findIndex((each) => each.module === module && each.start === start) === at;
  return all.filter(isFirst);
}

/** The target of the transition that begins at a place. */
function targetRenaming(opened: Opened, place: Location, name: string, to: string): readonly Rewriting[] {
  const at = offsetOf(opened, place);
  if (at === undefined) return [];
  const { module, offset } = at;
  for (const node of nodesAt(module, offset).filter(ts.isExpression)) {
    const value = bare(node);
    if (ts.isStringLiteralLike(value)) return named(module, value, name, to);
    if (!ts.isObjectLiteralExpression(value)) continue;
    const target = value.properties.find((each) => each.name && 'text' in each.name && each.name.text === 'target');
    return target !== undefined && ts.isPropertyAssignment(target) ? named(module, target.initializer, name, to) : [];
  }
  return [];
}

/** The texts of a value, one or a list, that say a name. */
function named(module: Module, node: ts.Expression, name: string, to: string): readonly Rewriting[] {
  const value = bare(node);
  if (ts.isArrayLiteralExpression(value)) return value.elements.flatMap((each) => named(module, each, name, to));
  return ts.isStringLiteralLike(value) && value.text === name ? [literalRenaming(module, value, to)] : [];
}

/** The states that the parts of a machine begin in, and that they lead to. */
function partRenaming(opened: Opened, machine: string, name: string, to: string): readonly Rewriting[] {
  const head = opened.members.find((member) => member.name === machine)?.definition.head;
  const found: Rewriting[] = [];
  for (const module of opened.reading.modules.values()) {
    for (const statement of module?.source.statements ?? []) {
      if (module === undefined || !ts.isVariableStatement(statement)) continue;
      for (const { initializer } of statement.declarationList.declarations) {
        const call = initializer && bare(initializer);
        if (call === undefined || !ts.isCallExpression(call) || dslName(module, call.expression) !== 'part') continue;
        const [owner, initial, , options] = call.arguments;
        const isOwn = owner !== undefined && machineHead(opened.reading, { module, node: owner })?.node === head?.node;
        if (!isOwn || initial === undefined) continue;
        found.push(...named(module, initial, name, to));
        if (options === undefined || !ts.isObjectLiteralExpression(options)) continue;
        for (const option of options.properties)
          if (ts.isPropertyAssignment(option)) found.push(...named(module, option.initializer, name, to));
      }
    }
  }
  return found;
}

/** Gives a step, a body of one, or a node of a graph another name. `path` as in `flows.pay.body.PATH`. */
export function stepRenaming(
  opened: Opened,
  model: SystemModel,
  flow: string,
  path: string,
  to: string,
): readonly Rewriting[] | undefined {
  const node = model.flows[flow];
  let found: readonly Rewriting[] | undefined;
  const rename = (location: Location, edit: (call: Call) => readonly Rewriting[] | undefined): void => {
    const call = callOf(opened, location);
    if (call !== undefined) found ??= edit(call);
  };
  if (node === undefined) return undefined;
  visitSteps(node, (step, place) => {
    if (place.path === path) rename(step.location, (call) => firstRenaming(call, to));
    if (!path.startsWith(`${place.path}/`)) return;
    const name = path.slice(place.path.length + 1);
    if (step.kind === 'graph')
      for (const each of step.nodes) if (each.name === name) rename(each.location, (call) => firstRenaming(call, to));
    if (stepParts(step).bodies?.some((body) => body.name === name) === true)
      rename(step.location, (call) => memberRenaming(call, name, to));
  });
  return found;
}

interface Call {
  readonly module: Module;
  readonly node: ts.CallExpression;
}

function firstRenaming({ module, node }: Call, to: string): readonly Rewriting[] | undefined {
  const [first] = node.arguments;
  const literal = first && bare(first);
  return literal !== undefined && ts.isStringLiteralLike(literal) ? [literalRenaming(module, literal, to)] : undefined;
}

function memberRenaming({ module, node }: Call, name: string, to: string): readonly Rewriting[] | undefined {
  for (const argument of node.arguments) {
    const object = bare(argument);
    if (!ts.isObjectLiteralExpression(object)) continue;
    const member = object.properties.find((each) => each.name && 'text' in each.name && each.name.text === name);
    if (member !== undefined) return keyRenaming(module, member, to);
  }
  return undefined;
}

/** The call whose callee's last name begins at a place: `.step(…)`. */
function callOf(opened: Opened, place: Location): Call | undefined {
  const at = offsetOf(opened, place);
  if (at === undefined) return undefined;
  const { module, offset } = at;
  let found: ts.CallExpression | undefined;
  const visit = (node: ts.Node): void => {
    if (node.end <= offset || node.pos > offset || found !== undefined) return;
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression))
      if (node.expression.name.getStart(module.source) === offset) found = node;
    ts.forEachChild(node, visit);
  };
  visit(module.source);
  return found && { module, node: found };
}

function keyRenaming(
  module: Module,
  member: ts.ObjectLiteralElementLike,
  to: string,
): readonly Rewriting[] | undefined {
  const { name } = member;
  if (name === undefined) return undefined;
  const start = name.getStart(module.source);
  const literal = ts.isComputedPropertyName(name) ? bare(name.expression) : name;
  if (ts.isShorthandPropertyAssignment(member)) return [{ module, start, end: start, text: `${propertyKey(to)}: ` }];
  if (ts.isStringLiteralLike(literal)) return [literalRenaming(module, literal, to)];
  return ts.isIdentifier(name) || ts.isNumericLiteral(name)
    ? [{ module, start, end: name.end, text: propertyKey(to) }]
    : undefined;
}

/** Another text between the same quotes. */
export function literalRenaming(module: Module, node: ts.StringLiteralLike, to: string): Rewriting {
  const start = node.getStart(module.source);
  const quote = module.text[start] ?? "'";
  const inner = JSON.stringify(to).slice(1, -1).replaceAll('\\"', '"').replaceAll(quote, `\\${quote}`);
  const text = quote === '`' ? inner.replaceAll('${', '\\${') : inner;
  return { module, start, end: node.end, text: `${quote}${text}${quote}` };
}
