import { ts } from '../syntax/typescript.js';
import type { Code } from './code.ts';
import { applyEdits, type TextEdit } from './edits.ts';
import { boundsOf } from './items.ts';
import { listOf, type Item, type List, type Role } from './lists.ts';
import { parse } from './parse.ts';
import { inStyle, type Style } from './style.ts';
import { indentAt } from './trivia.ts';

/** What was in a list of the file and is not to be there any more. */
export interface Dropped {
  readonly list: List;
  readonly own: Item;
  readonly before: Item;
}

/** States and steps that go from one list of a definition to another, with everything that stands in and at them. */
export class Moves {
  /** What a first pass has dropped: a second one looks here for what it adds. */
  readonly known: ReadonlyMap<string, Dropped>;
  readonly #dropped = new Map<string, Dropped | undefined>();

  constructor(known: ReadonlyMap<string, Dropped> = new Map()) {
    this.known = known;
  }

  /** Keeps in mind the states and steps of a piece of the file that goes, or is written anew. */
  drop(own: Code, before: Code, role?: Role): void {
    const was = new Map(movable(before, role).map(({ list, item }) => [moveKey(list, item) ?? '', item]));
    for (const { list, item } of movable(own, role)) this.dropItem(list, item, was.get(moveKey(list, item) ?? ''));
  }

  dropItem(list: List, own: Item, before: Item | undefined): void {
    const key = moveKey(list, own);
    if (key === undefined || before === undefined) return;
    this.#dropped.set(key, this.#dropped.has(key) ? undefined : { list, own, before });
  }

  /** What was dropped once. */
  get dropped(): ReadonlyMap<string, Dropped> {
    return new Map([...this.#dropped].flatMap(([key, each]) => (each === undefined ? [] : [[key, each] as const])));
  }

  find(list: List, item: Item): Dropped | undefined {
    const key = moveKey(list, item);
    return key === undefined ? undefined : this.known.get(key);
  }
}

/** What tells a state or a step from all others of its definition; nothing for all else. */
function moveKey({ kind, isStates }: List, { key }: Item): string | undefined {
  if (key === undefined) return undefined;
  if (kind === 'chain') return /^\w+ ./.test(key) ? key : undefined;
  return kind === 'object' && isStates === true ? `state ${key}` : undefined;
}

interface Movable {
  readonly list: List;
  readonly item: Item;
}

/** The states and steps in a piece of code. With `isTaken`, what is inside of one that is taken is left out. */
function movable(
  code: Code,
  role: Role | undefined,
  isTaken?: (list: List, item: Item) => boolean,
): readonly Movable[] {
  const { source } = code;
  const found: Movable[] = [];
  const look = (inner: Code, own: Role | undefined): void => {
    const list = ts.isExpression(inner.node) ? listOf(inner, own) : undefined;
    const taken = new Set<ts.Node>();
    for (const item of list?.items ?? []) {
      if (list === undefined || moveKey(list, item) === undefined || isTaken?.(list, item) === false) continue;
      found.push({ list, item });
      if (isTaken !== undefined) taken.add(item.node);
    }
    const links = new Set<ts.Node>(list?.kind === 'chain' ? list.items.map(({ node }) => node) : []);
    const visit = (child: ts.Node): void => {
      if (taken.has(child) && list?.kind !== 'chain') return;
      if (ts.isPropertyAssignment(child))
        look({ source, node: child.initializer }, nameOf(child) === 'states' ? 'states' : undefined);
      // The links of a chain lie in each other: of each, what is in its brackets.
      else if (links.has(child) && ts.isCallExpression(child)) inLink(child, taken.has(child));
      else look({ source, node: child }, undefined);
    };
    const inLink = (call: ts.CallExpression, isGone: boolean): void => {
      if (!isGone) call.arguments.forEach(visit);
      if (ts.isPropertyAccessExpression(call.expression)) visit(call.expression.expression);
    };
    if (ts.isCallExpression(inner.node) && inner.start !== undefined) inner.node.arguments.forEach(visit);
    else if (ts.isCallExpression(inner.node) && links.has(inner.node)) inLink(inner.node, taken.has(inner.node));
    else if (ts.isPropertyAssignment(inner.node)) visit(inner.node);
    else ts.forEachChild(inner.node, visit);
  };
  look(code, role);
  return found;
}

function nameOf({ name }: ts.PropertyAssignment): string | undefined {
  return 'text' in name ? name.text : undefined;
}

/** The text of something that moves: with the comments before it, and behind it on its last line. */
export interface MovedText {
  readonly text: string;
  readonly tail: string;
}

/** What was dropped, changed by `inside`, as it stands at another place. */
export function movedText({ list, own }: Dropped, inside: readonly TextEdit[], indent: string, eol: string): MovedText {
  const { source } = own;
  const { text } = source;
  const spans = list.items.map((item) => ({ start: item.start, end: item.node.end }));
  const bounds = boundsOf(text, { ...list, spans, separator: list.kind === 'chain' ? '' : ',' });
  const index = list.items.indexOf(own);
  const lead = text.slice(index === 0 ? list.start : bounds[index - 1], own.start);
  const start = own.start - lead.trimStart().length;
  const behind = text.slice(own.node.end, bounds[index]).trim().replace(/^,/, '').trim();
  const from = indentAt(text, own.start);
  const shift = (line: string): string => (line.startsWith(from) ? indent + line.slice(from.length) : line);
  const lines = lineStarts(own, start).flatMap((at): TextEdit[] => {
    const isChanged = inside.some((edit) => edit.start < at + from.length && at < edit.end);
    return isChanged || !text.startsWith(from, at) ? [] : [{ start: at, end: at + from.length, text: indent }];
  });
  const edits = inside.map((edit) => ({
    ...edit,
    text: edit.text
      .split(eol)
      .map((each, at) => (at === 0 ? each : shift(each)))
      .join(eol),
  }));
  return { text: applyEdits(text, [...lines, ...edits], start, own.node.end), tail: behind };
}

/** Where lines begin, but for those inside of literals. */
function lineStarts({ source, node }: Item, start: number): readonly number[] {
  const literals: { readonly from: number; readonly to: number }[] = [];
  const visit = (inner: ts.Node): void => {
    const isText = ts.isTemplateExpression(inner) || ts.isStringLiteralLike(inner);
    if (isText) literals.push({ from: inner.getStart(source), to: inner.end });
    else ts.forEachChild(inner, visit);
  };
  visit(node);
  const found: number[] = [];
  for (const { index, 0: mark } of source.text.slice(start, node.end).matchAll(/\r\n|[\n\r]/g)) {
    const at = start + index + mark.length;
    if (!literals.some(({ from, to }) => from < at && at < to)) found.push(at);
  }
  return found;
}

/** New text, in which what moves stands as it stood before. */
export function withMoved(
  code: Code,
  style: Style,
  indent: string,
  moves: Moves,
  inside: (from: Dropped, item: Item) => readonly TextEdit[],
): string {
  const places =
    moves.known.size === 0 ? [] : movable(code, undefined, (list, item) => moves.find(list, item) !== undefined);
  const found = places.flatMap(({ list, item }) => {
    const from = moves.find(list, item);
    return from === undefined ? [] : [{ from, item, isLink: list.kind === 'chain' }];
  });
  if (found.length === 0) return inStyle(code, style, indent);
  const name = (at: number): string => `moved$${at}$`;
  const holes = found.map(({ item, isLink }, at) => ({
    start: item.start,
    end: item.node.end,
    text: isLink ? `.${name(at)}()` : name(at),
  }));
  const { source } = parse(applyEdits(code.source.text, holes));
  const begin = code.start ?? code.node.getStart(code.source);
  const node = outermost(source, begin, code.node.kind);
  if (node === undefined) return inStyle(code, style, indent);
  let text = inStyle({ source, node, ...(code.start === undefined ? {} : { start: code.start }) }, style, indent);
  for (const [at, { from, item, isLink }] of found.entries()) {
    const hole = isLink ? `.${name(at)}()` : name(at);
    const place = text.indexOf(hole);
    const moved = movedText(from, inside(from, item), indentAt(text, place), style.eol);
    const body = moved.tail === '' ? moved.text : `${moved.tail}${style.eol}${indentAt(text, place)}${moved.text}`;
    text = text.slice(0, place) + body + text.slice(place + hole.length);
  }
  return text;
}

function outermost(source: ts.SourceFile, start: number, kind: ts.SyntaxKind): ts.Node | undefined {
  const visit = (node: ts.Node): ts.Node | undefined =>
    node.kind === kind && node.getStart(source) <= start && start < node.end && node.getStart(source) === start
      ? node
      : ts.forEachChild(node, visit);
  return visit(source);
}
