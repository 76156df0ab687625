/** The migration to the present version, as long as that version is not kept: its new side follows what is renamed. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathName } from '../../model/edit/path.ts';
import type { Entity } from '../../source/places/entity.ts';
import { parseText } from '../../source/syntax/parse-text.ts';
import { ts } from '../../source/syntax/typescript.js';
import type { TextChange } from '../contracts.ts';
import { stepPath } from '../nodes.ts';

/** Is this migration one that leads to a version which nobody has released yet? */
export function isPending(text: string, version: string, entry: string): boolean {
  if (existsSync(join(dirname(entry), 'snapshots', `${version}.json`))) return false;
  let found = false;
  visit(parseText(text), [], (node, keys) => {
    found ||= keys.join('.') === 'to' && node.text === version;
  });
  return found;
}

/**
 * The changes of a migration when something gets another name. What it says of the old version stays: the keys of its
 * maps. What they lead to are names of the present one.
 */
export function renameInMigration(
  text: string,
  { kind, name, owner = '', path }: Entity,
  to: string,
): readonly TextChange[] {
  const source = parseText(text);
  const changes: TextChange[] = [];
  const replace = (node: ts.StringLiteralLike, by: string): void => {
    changes.push({ start: node.getStart(source) + 1, end: node.end - 1, text: by });
  };
  const ownerOf = newNames(source);
  visit(source, [], (node, [part, old = '', field, ...rest]) => {
    const isIn = (room: string, member: string): boolean => part === room && field === member;
    const own = ownerOf(part ?? '', old);
    if (kind === 'state' && isIn('instances', 'states') && own === owner && node.text === name) replace(node, to);
    if (kind === 'machine' && isIn('instances', 'machine') && node.text === name) replace(node, to);
    if (kind === 'flow' && isIn('runs', 'flow') && node.text === name) replace(node, to);
    if (kind === 'event' && isIn('events', 'event') && node.text === name) replace(node, to);
    if (kind === 'task' && part === 'tasks' && field === undefined && node.text === name) replace(node, to);
    if (kind === 'step' && isIn('runs', 'steps') && own === owner && rest.length === 1) {
      const step = stepPath({ path });
      const folder = step.slice(0, step.length - name.length);
      if (node.text === step) replace(node, `${folder}${to}`);
      else if (node.text.startsWith(`${step}/`)) replace(node, `${folder}${to}${node.text.slice(step.length)}`);
    }
  });
  return [...changes, ...renameEdits(source, { kind, name, path }, to)];
}

/** `{ op: 'rename', path: 'machines.loan.states.lent', to: 'away' }`: what the migration itself calls something. */
function renameEdits(
  source: ts.SourceFile,
  { name, path }: Pick<Entity, 'kind' | 'name' | 'path'>,
  to: string,
): TextChange[] {
  const folder = path.slice(0, path.length - pathName(name).length);
  const found: TextChange[] = [];
  const walk = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node)) {
      const texts = new Map(
        node.properties.flatMap((each): [string, ts.StringLiteralLike][] =>
          ts.isPropertyAssignment(each) && ts.isStringLiteralLike(each.initializer) && 'text' in each.name
            ? [[String(each.name.text), each.initializer]]
            : [],
        ),
      );
      const [what, target] = [texts.get('path')?.text ?? '', texts.get('to')];
      const isHere = what.startsWith(folder) && !/[./]/.test(what.slice(folder.length));
      if (texts.get('op')?.text === 'rename' && isHere && target?.text === name)
        found.push({ start: target.getStart(source) + 1, end: target.end - 1, text: to });
    }
    ts.forEachChild(node, walk);
  };
  walk(source);
  return found;
}

/** What a machine or flow of the old version is called now. */
function newNames(source: ts.SourceFile): (part: string, old: string) => string {
  const names = new Map<string, string>();
  visit(source, [], (node, [part, old, field, ...rest]) => {
    const member = part === 'instances' ? 'machine' : 'flow';
    if (field === member && rest.length === 0) names.set(`${part} ${old}`, node.text);
  });
  return (part, old) => names.get(`${part} ${old}`) ?? old;
}

/** All texts in the object that the migration is, each with the keys that lead to it. */
function visit(
  node: ts.Node,
  keys: readonly string[],
  found: (text: ts.StringLiteralLike, keys: readonly string[]) => void,
): void {
  if (ts.isStringLiteralLike(node) && keys.length > 0) found(node, keys);
  else if (ts.isPropertyAssignment(node) && 'text' in node.name)
    visit(node.initializer, [...keys, String(node.name.text)], found);
  // The function of a state is code: names in it are for a person.
  else if (!ts.isArrowFunction(node)) ts.forEachChild(node, (child) => visit(child, keys, found));
}
