import { normaliseText } from '../../model/text/normalise.ts';
import { ts } from '../syntax/typescript.js';
import { bare } from '../value/follow.ts';
import { startOf, type Code } from './code.ts';
import { applyEdits, type TextEdit } from './edits.ts';

type LeafNode = ts.Identifier | ts.StringLiteral | ts.NoSubstitutionTemplateLiteral | ts.NumericLiteral;

/** A name or a literal inside of a piece of code. `{ a }` has the same one twice: as a key and as a value. */
interface Leaf {
  readonly node: LeafNode;
  readonly twice?: 'key' | 'value';
  /** The name that is the value of this key: `{ a: b }`. */
  readonly pair?: ts.Identifier;
}

/**
 * The edits of names and literals alone that make a piece of a file say what another does; nothing when they differ in
 * more than that. Comments and formatting inside of the piece stay.
 */
export function mergeLeaves(whole: Code, after: Code): readonly TextEdit[] | undefined {
  const own = inBrackets(whole);
  const [mine, next] = [leavesOf(own), leavesOf(after)];
  if (mine.length !== next.length || skeleton(own, mine) !== skeleton(after, next)) return undefined;
  return mine.flatMap(({ node, twice, pair }, index) => {
    const will = next[index] as Leaf;
    if (twice === 'value') return [];
    const value = twice === 'key' ? next[index + 1] : undefined;
    if (isSame(node, will.node) && (value === undefined || isSame(node, value.node))) return [];
    const key = leafText(own, node, after, will.node);
    // `placed: ordered` that becomes `ordered: ordered` is `ordered`.
    if (will.twice === 'key' && pair?.text === key)
      return [{ start: node.getStart(own.source), end: pair.end, text: key }];
    const text =
      value === undefined || value.node === will.node ? key : `${key}: ${leafText(own, node, after, value.node)}`;
    return [{ start: node.getStart(own.source), end: node.end, text }];
  });
}

function isSame(a: LeafNode, b: LeafNode): boolean {
  return a.text === b.text && ts.isIdentifier(a) === ts.isIdentifier(b);
}

/** What stands in brackets or before `as const`. */
function inBrackets(code: Code): Code {
  const { source, node, start } = code;
  return start === undefined && ts.isExpression(node) ? { source, node: bare(node) } : code;
}

/** What a leaf shall be, between the quotes that the file has there. */
function leafText(own: Code, leaf: LeafNode, after: Code, will: LeafNode): string {
  const written = after.source.text.slice(will.getStart(after.source), will.end);
  if (ts.isIdentifier(leaf) || ts.isNumericLiteral(leaf) || !/^[^'"`\\\n\r$\p{Cc}\p{Cf}]*$/u.test(will.text))
    return written;
  const quote = own.source.text[leaf.getStart(own.source)] ?? "'";
  return `${quote}${will.text}${quote}`;
}

function leavesOf({ node, source, start = 0 }: Code): readonly Leaf[] {
  const found: Leaf[] = [];
  const add = (leaf: LeafNode, isTwice: boolean): void => {
    if (leaf.getStart(source) < start) return;
    if (isTwice) found.push({ node: leaf, twice: 'key' }, { node: leaf, twice: 'value' });
    else found.push({ node: leaf });
  };
  const visit = (inner: ts.Node): void => {
    if (isLeaf(inner)) return add(inner, false);
    if (ts.isPropertyAssignment(inner) && ts.isIdentifier(inner.name) && ts.isIdentifier(inner.initializer)) {
      if (inner.name.getStart(source) >= start) found.push({ node: inner.name, pair: inner.initializer });
      return add(inner.initializer, false);
    }
    if (ts.isShorthandPropertyAssignment(inner) && inner.objectAssignmentInitializer === undefined)
      return add(inner.name, true);
    if (!ts.isObjectBindingPattern(inner)) return ts.forEachChild(inner, visit);
    for (const element of inner.elements) {
      const { name, propertyName, dotDotDotToken, initializer } = element;
      const isTwice = propertyName === undefined && dotDotDotToken === undefined && ts.isIdentifier(name);
      if (!isTwice) visit(element);
      else {
        add(name, true);
        if (initializer !== undefined) visit(initializer);
      }
    }
  };
  visit(node);
  return found;
}

function isLeaf(node: ts.Node): node is LeafNode {
  return (
    ts.isIdentifier(node) ||
    ts.isStringLiteral(node) ||
    ts.isNoSubstitutionTemplateLiteral(node) ||
    ts.isNumericLiteral(node)
  );
}

function skeleton(code: Code, leaves: readonly Leaf[]): string {
  const { source, node } = code;
  const edits = leaves.flatMap(({ node: leaf, twice }) => {
    if (twice === 'value') return [];
    const text = ts.isIdentifier(leaf) ? '_' : ts.isNumericLiteral(leaf) ? '0' : "'_'";
    return [{ start: leaf.getStart(source), end: leaf.end, text: twice === 'key' ? '_: _' : text }];
  });
  return normaliseText(applyEdits(source.text, edits, startOf(code), node.end));
}
