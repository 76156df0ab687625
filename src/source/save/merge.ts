import { ts } from '../syntax/typescript.js';
import { normaliseText } from '../../model/text/normalise.ts';
import { bare } from '../value/follow.ts';
import { same, startOf, textOf, type Code } from './code.ts';
import type { TextEdit } from './edits.ts';
import { rearranged, type Placed } from './items.ts';
import { listOf, roleOf, type Item, type List, type Role } from './lists.ts';
import { mergeLeaves } from './leaves.ts';
import { Moves, movedText, withMoved } from './moved.ts';
import { order } from './order.ts';
import { inStyle, type Style } from './style.ts';
import { indentAt } from './trivia.ts';

/** What was said and what shall be said, as the printer writes both. */
export interface Wanted {
  readonly before: Code;
  readonly after: Code;
}

/**
 * The smallest edits that make a piece of a file say what is wanted. The file says `before` in words of its own: where
 * it is built as the printer builds it, only what differs is touched; where it is not, the piece is written anew.
 */
export function merge(own: Code, wanted: Wanted, style: Style, role?: Role): readonly TextEdit[] {
  const first: Merging = { style, moves: new Moves() };
  const edits = mergeCode(own, wanted, first, role);
  const { dropped } = first.moves;
  // What one list has dropped, another may have got.
  return dropped.size === 0 ? edits : mergeCode(own, wanted, { style, moves: new Moves(dropped) }, role);
}

interface Merging {
  readonly style: Style;
  readonly moves: Moves;
}

function mergeCode(own: Code, wanted: Wanted, merging: Merging, role?: Role): readonly TextEdit[] {
  const { before, after } = wanted;
  if (same(before, after)) return [];
  return (
    mergeFunctions(own, wanted, merging) ??
    mergeLists(own, wanted, merging, role) ??
    mergeLeaves(own, after) ?? [replaced(own, wanted, merging, role)]
  );
}

/** Writes a piece anew. */
export function replacement(own: Code, after: Code, style: Style): TextEdit {
  const start = startOf(own);
  return { start, end: own.node.end, text: inStyle(after, style, indentAt(own.source.text, start)) };
}

function replaced(own: Code, { before, after }: Wanted, merging: Merging, role?: Role): TextEdit {
  merging.moves.drop(own, before, role);
  const start = startOf(own);
  return { start, end: own.node.end, text: written(after, merging, indentAt(own.source.text, start)) };
}

/** New text, with what moves into it. */
function written(after: Code, merging: Merging, indent: string): string {
  const { style, moves } = merging;
  return withMoved(after, style, indent, moves, ({ own, before }, item) => mergeItem(own, before, item, merging));
}

/** `(f) => …`: what is behind the arrow, when that is all that differs. */
function mergeFunctions(own: Code, { before, after }: Wanted, merging: Merging): readonly TextEdit[] | undefined {
  const [mine, was, will] = [own, before, after].map(arrowOf);
  if (mine === undefined || was === undefined || will === undefined) return undefined;
  if (parametersOf(before, was) !== parametersOf(after, will)) return undefined;
  const result = resultOf(mine);
  if (result === undefined || ts.isBlock(was.body) || ts.isBlock(will.body)) return undefined;
  const inside = (code: Code, node: ts.Expression): Code => ({ source: code.source, node: bare(node) });
  return mergeCode(inside(own, result), { before: inside(before, was.body), after: inside(after, will.body) }, merging);
}

function arrowOf({ node, start }: Code): ts.ArrowFunction | undefined {
  const inner = ts.isExpression(node) && start === undefined ? bare(node) : node;
  return ts.isArrowFunction(inner) ? inner : undefined;
}

function parametersOf({ source }: Code, { parameters }: ts.ArrowFunction): string {
  return normaliseText(parameters.map((node) => textOf({ source, node })).join(', '));
}

/** What a function gives: its expression, or that of the only `return` in its block. */
function resultOf({ body }: ts.ArrowFunction): ts.Expression | undefined {
  if (!ts.isBlock(body)) return body;
  const [first, second] = body.statements;
  return first !== undefined && second === undefined && ts.isReturnStatement(first) ? first.expression : undefined;
}

/** Objects, lists, calls and chains of calls: item by item. */
function mergeLists(
  own: Code,
  { before, after }: Wanted,
  merging: Merging,
  role: Role | undefined,
): readonly TextEdit[] | undefined {
  const { style, moves } = merging;
  const [mine, was, will] = [own, before, after].map((code) => listOf(code, role));
  if (mine === undefined || was === undefined || will === undefined) return undefined;
  if (mine.kind !== was.kind || was.kind !== will.kind || was.head !== will.head) return undefined;
  const found = order(mine, was, will);
  if (found === undefined) return undefined;
  const inside = found.items.map(({ own: at, before: then, after: now }) => {
    const [old, previous, next] = [mine.items[at ?? -1], was.items[then ?? -1], will.items[now ?? -1]];
    return old === undefined || previous === undefined || next === undefined
      ? []
      : mergeItem(old, previous, next, merging);
  });
  for (const [at, old] of mine.items.entries()) {
    const previous = was.items.find(({ key }) => key !== undefined && key === old.key);
    if (previous === undefined || found.items.some((item) => item.own === at)) continue;
    moves.dropItem(mine, old, previous);
    moves.drop(old.value ?? old, previous.value ?? previous, roleOf(old));
  }
  if (!found.moved) return inside.flat();
  const [sample] = mine.items;
  // Nothing shows how the items of an empty list are laid out.
  if (sample === undefined) return undefined;
  const { text } = own.source;
  const indent = indentOf(text, mine, sample, style);
  const placed = found.items.map(({ own: at, after: now }, index): Placed => {
    if (at !== undefined) return { at, edits: inside[index] ?? [] };
    const item = will.items[now ?? -1] as Item;
    const from = moves.find(will, item);
    if (from !== undefined) return movedText(from, mergeItem(from.own, from.before, item, merging), indent, style.eol);
    // `z.string().min(3)`: the links of a schema follow each other on one line.
    const beside = mine.kind === 'chain' && !isAfterBreak(item) && !mine.items.some(isAfterBreak);
    return { text: written(item, merging, indent), beside };
  });
  const spans = mine.items.map((item) => ({ start: item.start, end: item.node.end }));
  const { start, end, kind } = mine;
  return [rearranged(text, { start, end, spans, separator: kind === 'chain' ? '' : ',' }, placed, indent, style)];
}

function isAfterBreak({ source, start }: Item): boolean {
  return /\s/.test(source.text[start - 1] ?? '');
}

/** The indentation of a new item. */
function indentOf(text: string, { kind }: List, { start }: Item, style: Style): string {
  const line = indentAt(text, start);
  const isFirstOnLine = text.slice(0, start).trimEnd() !== text.slice(0, start).replace(/[ \t]+$/, '');
  return isFirstOnLine || kind !== 'chain' ? line : line + style.unit;
}

function mergeItem(own: Item, before: Item, after: Item, merging: Merging): readonly TextEdit[] {
  if (same(before, after)) return [];
  if (own.value === undefined || before.value === undefined || after.value === undefined)
    return mergeLeaves(own, after) ?? [replaced(own, { before, after }, merging)];
  const inside = mergeCode(own.value, { before: before.value, after: after.value }, merging, roleOf(own));
  return [...renamed(own, before, after), ...inside];
}

/** The name of a member, when it is another one. */
function renamed(own: Item, before: Item, after: Item): readonly TextEdit[] {
  const [mine, was, will] = [own, before, after].map(({ node }) =>
    ts.isPropertyAssignment(node) ? node.name : undefined,
  );
  if (mine === undefined || was === undefined || will === undefined) return [];
  const text = ({ source }: Code, node: ts.Node): string => source.text.slice(node.getStart(source), node.end);
  if (normaliseText(text(before, was)) === normaliseText(text(after, will))) return [];
  const literal = ts.isComputedPropertyName(mine) ? bare(mine.expression) : mine;
  const [start, quote] = [literal.getStart(own.source), own.source.text[literal.getStart(own.source)] ?? ''];
  if (ts.isStringLiteralLike(literal) && 'text' in will && /^[\w .-]*$/.test(will.text))
    return [{ start, end: literal.end, text: `${quote}${will.text}${quote}` }];
  return [{ start: mine.getStart(own.source), end: mine.end, text: text(after, will) }];
}
