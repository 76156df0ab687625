import { ts } from '../syntax/typescript.js';
import type { Module } from '../syntax/module.ts';
import type { Change, Refused } from './codemod.ts';

/** The member of an object literal whose name the reader marks, with that object. */
export function memberOf({ around }: Refused):
  | {
      readonly member: ts.PropertyAssignment | ts.ShorthandPropertyAssignment;
      readonly object: ts.ObjectLiteralExpression;
    }
  | undefined {
  const [member, object] = around;
  if (member === undefined || object === undefined || !ts.isObjectLiteralExpression(object)) return undefined;
  return ts.isPropertyAssignment(member) || ts.isShorthandPropertyAssignment(member) ? { member, object } : undefined;
}

/** A member of an object literal by its name. */
export function memberNamed(object: ts.ObjectLiteralExpression, name: string): ts.ObjectLiteralElementLike | undefined {
  return object.properties.find(
    (member) => member.name !== undefined && 'text' in member.name && member.name.text === name,
  );
}

/** The change that gives a member another name; a shorthand one keeps its value. */
export function rename(
  module: Module,
  member: ts.PropertyAssignment | ts.ShorthandPropertyAssignment,
  to: string,
): Change {
  const start = member.name.getStart(module.source);
  return {
    start,
    end: member.name.end,
    text: ts.isShorthandPropertyAssignment(member) ? `${to}: ${member.name.text}` : to,
  };
}

/** The change that takes a member away, with its comma and, where it has the line for itself, with the line. */
export function removal(
  module: Module,
  object: ts.ObjectLiteralExpression,
  member: ts.ObjectLiteralElementLike,
): Change {
  const { text } = module;
  const index = object.properties.indexOf(member);
  const next = object.properties[index + 1];
  const start = member.getStart(module.source);
  if (next !== undefined) {
    // What follows the comma up to the next member's own comments goes: spaces, or the line break and indentation.
    const comma = text.indexOf(',', member.end);
    const space = /^[ \t]*(?:\r?\n[ \t]*)?/.exec(text.slice(comma + 1))?.[0] ?? '';
    return { start, end: comma + 1 + space.length, text: '' };
  }
  const before = object.properties[index - 1];
  if (before === undefined) return { start: object.getStart(module.source) + 1, end: object.end - 1, text: '' };
  // A comma behind it becomes that of the member before.
  return { start: before.end, end: member.end, text: '' };
}

/** Are there comments between two offsets? What is not ours to judge is left to people. */
export function hasComment(module: Module, start: number, end: number): boolean {
  return /\/[/*]/.test(module.text.slice(start, end));
}
