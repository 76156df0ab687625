import { ts } from '../syntax/typescript.js';
import { docLines } from '../print/values.ts';
import type { Module } from '../syntax/module.ts';
import type { TextEdit } from './edits.ts';
import { keyOf } from './lists.ts';
import type { Style } from './style.ts';
import { indentAt } from './trivia.ts';

/** The last JSDoc comment before a statement, which describes what it declares. */
export function docRange(
  module: Pick<Module, 'text'>,
  node: ts.Node,
): { readonly pos: number; readonly end: number } | undefined {
  const comments = ts.getLeadingCommentRanges(module.text, node.pos) ?? [];
  return comments.findLast(({ pos, end }) => /^\/\*\*[^*/]/.test(module.text.slice(pos, end)));
}

/** Does the description of what a call declares stand among its options? */
export function isInOptions(options: ts.Expression | undefined, statement: ts.Node): boolean {
  if (ts.isVariableStatement(statement) && statement.declarationList.declarations.length > 1) return true;
  return (
    options !== undefined &&
    ts.isObjectLiteralExpression(options) &&
    options.properties.some((member) => keyOf(member) === 'description')
  );
}

/** Changes the comment above a statement; what stands behind its first tag stays. */
export function commentEdits(
  module: Module,
  node: ts.Node,
  { before, after }: { readonly before: string | undefined; readonly after: string | undefined },
  style: Style,
): readonly TextEdit[] {
  if (before === after) return [];
  const { text, source } = module;
  const start = node.getStart(source);
  const indent = indentAt(text, start);
  const line = style.eol + indent;
  const doc = docRange(module, node);
  const lines = docLines(after)?.replaceAll('\n', line);
  if (doc === undefined) return lines === undefined ? [] : [{ start, end: start, text: lines + line }];
  const old = text.slice(doc.pos, doc.end);
  const tags = /(?:^\/\*\*|[\n\r][^\S\n\r]*\*?)[^\S\n\r]*(@[^]*)\*\/$/.exec(old)?.[1]?.trimEnd();
  if (tags === undefined) {
    const gap = /^[^\S\n\r]*(?:\r\n|[\n\r])?[^\S\n\r]*/.exec(text.slice(doc.end))?.[0].length ?? 0;
    return [
      lines === undefined
        ? { start: doc.pos, end: doc.end + gap, text: '' }
        : { start: doc.pos, end: doc.end, text: lines },
    ];
  }
  const said = after === undefined ? [] : after.split('\n').map((each) => ` * ${each}`.trimEnd());
  return [{ start: doc.pos, end: doc.end, text: ['/**', ...said, ` * ${tags}`, ' */'].join(line) }];
}
