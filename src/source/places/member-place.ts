import type { Location } from '../../model/index.ts';
import { ts } from '../syntax/typescript.js';

/** Where lines and columns of a location begin and end, without its file. */
type Span = Omit<Location, 'file'>;

/**
 * The place of a member of a definition, such as `model.prompt` of a task: the value in the object that is written at this
 * place, as far as the text shows it. Nothing where it is not written there.
 */
export function memberPlace(text: string, { line, column }: Span, keys: readonly string[]): Span | undefined {
  const source = ts.createSourceFile('definition.ts', text, ts.ScriptTarget.Latest, true);
  const lines = source.getLineStarts();
  const start = (lines[line - 1] ?? 0) + column - 1;
  const value = valueOf(objectFrom(source, start), keys);
  if (value === undefined) return undefined;
  const [from, to] = [value.getStart(source), value.end].map((at) => source.getLineAndCharacterOfPosition(at));
  return {
    line: from!.line + 1,
    column: from!.character + 1,
    endLine: to!.line + 1,
    endColumn: to!.character + 1,
  };
}

/** The first object that is the last argument of a call at or behind an offset. */
function objectFrom(source: ts.SourceFile, start: number): ts.ObjectLiteralExpression | undefined {
  let found: ts.ObjectLiteralExpression | undefined;
  const visit = (node: ts.Node): void => {
    if (found !== undefined || node.end <= start) return;
    if (ts.isCallExpression(node) && node.end > start && node.expression.end > start) {
      const last = node.arguments.at(-1);
      if (last !== undefined && ts.isObjectLiteralExpression(last)) {
        found = last;
        return;
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function valueOf(object: ts.Expression | undefined, keys: readonly string[]): ts.Node | undefined {
  const [key, ...others] = keys;
  if (object === undefined || key === undefined) return object;
  if (!ts.isObjectLiteralExpression(object)) return undefined;
  for (const one of object.properties) {
    const name =
      one.name !== undefined && (ts.isIdentifier(one.name) || ts.isStringLiteral(one.name)) ? one.name : undefined;
    if (name?.text !== key) continue;
    if (!ts.isPropertyAssignment(one)) return one;
    // What stands elsewhere is named here.
    return valueOf(one.initializer, others) ?? one.initializer;
  }
  return undefined;
}
