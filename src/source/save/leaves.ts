import { ts } from '../syntax/typescript.js';
import { normaliseText } from '../../model/text/normalise.ts';
import { bare } from '../value/follow.ts';
import { startOf, type Code } from './code.ts';
import { applyEdits, type TextEdit } from './edits.ts';

/** A name or a literal inside of a piece of code. */
type Leaf = ts.Identifier | ts.StringLiteral | ts.NoSubstitutionTemplateLiteral | ts.NumericLiteral;

/**
 * The edits of names and literals alone that make a piece of a file say what another does; nothing when they differ in
 * more than that. Comments and formatting inside of the piece stay.
 */
export function mergeLeaves(whole: Code, after: Code): readonly TextEdit[] | undefined {
  const own = inBrackets(whole);
  const [mine, next] = [leavesOf(own), leavesOf(after)];
  if (mine.length !== next.length || skeleton(own, mine) !== skeleton(after, next)) return undefined;
  return mine.flatMap((leaf, index) => {
    const will = next[index] as Leaf;
    if (leaf.text === will.text && ts.isIdentifier(leaf) === ts.isIdentifier(will)) return [];
    return [{ start: leaf.getStart(own.source), end: leaf.end, text: leafText(own, leaf, after, will) }];
  });
}

/** What stands in brackets or before `as const`. */
function inBrackets(code: Code): Code {
  const { source, node, start } = code;
  return start === undefined && ts.isExpression(node) ? { source, node: bare(node) } : code;
}

/** What a leaf shall be, between the quotes that the file has there. */
function leafText(own: Code, leaf: Leaf, after: Code, will: Leaf): string {
  const written = after.source.text.slice(will.getStart(after.source), will.end);
  if (ts.isIdentifier(leaf) || ts.isNumericLiteral(leaf) || !/^[^'"`\\\n\r$\p{Cc}\p{Cf}]*$/u.test(will.text))
    return written;
  const quote = own.source.text[leaf.getStart(own.source)] ?? "'";
  return `${quote}${will.text}${quote}`;
}

function leavesOf({ node, source, start = 0 }: Code): readonly Leaf[] {
  const found: Leaf[] = [];
  const visit = (inner: ts.Node): void => {
    const isLeaf =
      ts.isIdentifier(inner) ||
      ts.isStringLiteral(inner) ||
      ts.isNoSubstitutionTemplateLiteral(inner) ||
      ts.isNumericLiteral(inner);
    if (!isLeaf) return ts.forEachChild(inner, visit);
    if (inner.getStart(source) >= start) found.push(inner);
  };
  visit(node);
  return found;
}

function skeleton(code: Code, leaves: readonly Leaf[]): string {
  const { source, node } = code;
  const edits = leaves.map((leaf) => ({
    start: leaf.getStart(source),
    end: leaf.end,
    text: ts.isIdentifier(leaf) ? '_' : ts.isNumericLiteral(leaf) ? '0' : "'_'",
  }));
  return normaliseText(applyEdits(source.text, edits, startOf(code), node.end));
}
