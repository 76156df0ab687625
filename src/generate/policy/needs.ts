import { allowsHost, hostOf } from '../../tasks/world/allow.ts';
import { ts } from '../../source/syntax/typescript.js';
import type { PolicySubject, Tell } from './check.ts';
import { keyOf } from './constant.ts';
import type { ParsedCode } from './parse.ts';
import { contextOf } from './shape.ts';

/** What the parts of the world are called in the context, and in `needs`. */
const parts: ReadonlyMap<string, 'net' | 'fs' | 'env' | 'resources'> = new Map([
  ['fetch', 'net'],
  ['fs', 'fs'],
  ['env', 'env'],
  ['resource', 'resources'],
]);

/** Of the world only that is asked for what the task declares. What cannot be told by reading is refused when it runs. */
export function judgeNeeds(parsed: ParsedCode, { task }: PolicySubject, tell: Tell): void {
  const context = contextOf(parsed);
  if (context === undefined) return;
  const needs = task.needs ?? {};
  const taken = new Map<ts.Declaration, string>();
  const touch = (member: string, node: ts.Node): void => {
    const part = parts.get(member);
    if (part !== undefined && (needs[part]?.length ?? 0) === 0)
      tell(
        node,
        'MR5038',
        `The task does not declare 'needs.${part}', so '${member}' of its context reaches nothing.`,
        'Do it without, or say in the notes what the task should declare.',
      );
  };
  if (ts.isObjectBindingPattern(context.name))
    for (const element of context.name.elements) {
      const name = element.propertyName ?? element.name;
      if (!ts.isIdentifier(name)) continue;
      touch(name.text, element);
      taken.set(element, name.text);
    }
  const memberOf = (node: ts.Expression): string | undefined => {
    if (ts.isIdentifier(node))
      return parsed
        .declarationsOf(node)
        .flatMap((one) => taken.get(one) ?? [])
        .at(0);
    if (!ts.isPropertyAccessExpression(node) || !ts.isIdentifier(node.expression)) return undefined;
    return parsed.declarationsOf(node.expression).includes(context) ? node.name.text : undefined;
  };
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node)) {
      const member = memberOf(node);
      if (member !== undefined) touch(member, node.name);
    } else if (ts.isCallExpression(node)) {
      const member = memberOf(node.expression);
      const [given] = node.arguments;
      const text = given === undefined ? undefined : keyOf(given);
      if (member !== undefined && given !== undefined && text !== undefined) literal(member, text, given, needs, tell);
    }
    ts.forEachChild(node, visit);
  };
  visit(parsed.source);
}

function literal(
  member: string,
  text: string,
  node: ts.Node,
  needs: NonNullable<PolicySubject['task']['needs']>,
  tell: Tell,
): void {
  const known = member === 'env' ? needs.env : member === 'resource' ? needs.resources : undefined;
  if (known !== undefined && known.length > 0 && !known.includes(text))
    tell(
      node,
      'MR5038',
      `The task does not declare '${text}' in 'needs.${parts.get(member)}'.`,
      `It declares: ${known.join(', ')}.`,
    );
  const url = member === 'fetch' && needs.net !== undefined && needs.net.length > 0 ? URL.parse(text) : null;
  if (url !== null && !needs.net?.some((entry) => allowsHost(entry, url)))
    tell(
      node,
      'MR5038',
      `The task does not declare the host '${hostOf(url)}' in 'needs.net'.`,
      `It declares: ${needs.net?.join(', ')}.`,
    );
}
