/** A small layout printer: pieces of code that stand on one line when they fit, and are broken up when they do not. */

/** A piece of output. */
export type Doc =
  | string
  | readonly Doc[]
  /** A break that is always there. */
  | { readonly doc: 'hard' }
  /** A break where the group is broken; a space (or nothing) where it is flat. */
  | { readonly doc: 'line'; readonly flat: '' | ' ' }
  | { readonly doc: 'indent'; readonly inner: Doc }
  | { readonly doc: 'group'; readonly inner: Doc }
  /** Text that is there only where the group is broken. */
  | { readonly doc: 'broken'; readonly text: string };

/** A line break. */
export const hard: Doc = { doc: 'hard' };
const soft: Doc = { doc: 'line', flat: '' };
const line: Doc = { doc: 'line', flat: ' ' };

/** Two spaces more for every line inside. */
export function indent(inner: Doc): Doc {
  return { doc: 'indent', inner };
}

/** On one line when it fits and holds no hard break; otherwise broken at all of its own lines. */
export function group(...inner: readonly Doc[]): Doc {
  return { doc: 'group', inner };
}

/** Pieces with something between them. */
export function join(pieces: readonly Doc[], separator: Doc): readonly Doc[] {
  return pieces.flatMap((piece, index) => (index === 0 ? [piece] : [separator, piece]));
}

function list(open: string, items: readonly Doc[], close: string, edge: Doc): Doc {
  if (items.length === 0) return `${open}${close}`;
  return group(open, indent([edge, join(items, [',', line])]), { doc: 'broken', text: ',' }, edge, close);
}

/** `[a, b]` */
export function array(items: readonly Doc[]): Doc {
  return list('[', items, ']', soft);
}

/** After something that goes on below when it does not fit: two spaces further in. */
export function below(separator: '' | ' ', inner: Doc): Doc {
  return indent([separator === '' ? soft : line, inner]);
}

/** `{ a: 1, b }` */
export function object(members: readonly Doc[]): Doc {
  return list('{', members, '}', line);
}

/** An object with each member on a line of its own. */
export function objectLines(members: readonly Doc[]): Doc {
  return members.length === 0 ? '{}' : ['{', indent([hard, join(members, [',', hard]), ',']), hard, '}'];
}

function isObject(doc: Doc | undefined): boolean {
  return (
    doc !== undefined &&
    typeof doc === 'object' &&
    !isList(doc) &&
    doc.doc === 'group' &&
    isList(doc.inner) &&
    doc.inner[0] === '{'
  );
}

/**
 * `name(a, b)`. When one argument alone spans lines, the others stand around it on its first and last line; otherwise
 * each gets a line of its own.
 */
export function call(name: Doc, args: readonly Doc[]): Doc {
  const long = args.filter(spansLines).length;
  return long === 1 || (args.length === 1 && isObject(args[0]))
    ? [name, '(', join(args, ', '), ')']
    : [name, list('(', args, ')', soft)];
}

/** `name(a, { b, c })`, where the last argument is broken up before the others are. */
export function callWithOptions(name: Doc, args: readonly Doc[]): Doc {
  return [name, '(', join(args, ', '), ')'];
}

/** `{`, statements on their own lines, `}`. */
export function block(statements: readonly Doc[]): Doc {
  return statements.length === 0 ? '{}' : ['{', indent([hard, join(statements, hard)]), hard, '}'];
}

/** Does it have a line break of its own, whatever the width? */
export function spansLines(doc: Doc): boolean {
  if (typeof doc === 'string') return doc.includes('\n');
  if (isList(doc)) return doc.some(spansLines);
  if (doc.doc === 'hard') return true;
  return doc.doc === 'indent' || doc.doc === 'group' ? spansLines(doc.inner) : false;
}

function isList(doc: Doc): doc is readonly Doc[] {
  return Array.isArray(doc);
}

function flatWidth(doc: Doc): number {
  if (typeof doc === 'string') return doc.includes('\n') ? Number.POSITIVE_INFINITY : doc.length;
  if (isList(doc)) return doc.reduce((sum: number, inner) => sum + flatWidth(inner), 0);
  if (doc.doc === 'hard') return Number.POSITIVE_INFINITY;
  if (doc.doc === 'line') return doc.flat.length;
  return doc.doc === 'broken' ? 0 : flatWidth(doc.inner);
}

/** How far the text goes on the line after `rest[from]`, until the first place where it may break. */
function restWidth(rest: readonly Frame[]): number {
  let sum = 0;
  for (let index = rest.length - 1; index >= 0; index--) {
    const frame = rest[index] as Frame;
    const step = untilBreak(frame.doc, frame.flat);
    sum += step.width;
    if (step.ends) return sum;
  }
  return sum;
}

function untilBreak(doc: Doc, flat: boolean): { readonly width: number; readonly ends: boolean } {
  if (typeof doc === 'string') {
    const end = doc.indexOf('\n');
    return end < 0 ? { width: doc.length, ends: false } : { width: end, ends: true };
  }
  if (isList(doc)) {
    let width = 0;
    for (const inner of doc) {
      const step = untilBreak(inner, flat);
      width += step.width;
      if (step.ends) return { width, ends: true };
    }
    return { width, ends: false };
  }
  if (doc.doc === 'hard') return { width: 0, ends: true };
  if (doc.doc === 'line') return flat ? { width: doc.flat.length, ends: false } : { width: 0, ends: true };
  if (doc.doc === 'broken') return { width: flat ? 0 : doc.text.length, ends: false };
  return untilBreak(doc.inner, flat && doc.doc === 'indent');
}

interface Frame {
  readonly doc: Doc;
  readonly indent: number;
  readonly flat: boolean;
}

/** The text of a piece, its first line at column `column`, its others indented by `column` rounded to the block. */
export function print(doc: Doc, at = 0, width = 110): string {
  let out = '';
  let column = at;
  // Written with the next text: an empty line has no spaces.
  let margin = 0;
  const rest: Frame[] = [{ doc, indent: at, flat: false }];
  const put = (text: string): void => {
    if (text === '') return;
    out += ' '.repeat(margin) + text;
    margin = 0;
    const end = text.lastIndexOf('\n');
    column = end < 0 ? column + text.length : text.length - end - 1;
  };
  const breakLine = (indentation: number): void => {
    out += '\n';
    margin = indentation;
    column = indentation;
  };
  for (let frame = rest.pop(); frame !== undefined; frame = rest.pop()) {
    const { doc: piece, indent: indentation, flat } = frame;
    if (typeof piece === 'string') put(piece);
    else if (isList(piece)) {
      for (let index = piece.length - 1; index >= 0; index--)
        rest.push({ doc: piece[index] as Doc, indent: indentation, flat });
    } else if (piece.doc === 'hard') breakLine(indentation);
    else if (piece.doc === 'line') {
      if (flat) put(piece.flat);
      else breakLine(indentation);
    } else if (piece.doc === 'indent') rest.push({ doc: piece.inner, indent: indentation + 2, flat });
    else if (piece.doc === 'broken') {
      if (!flat) put(piece.text);
    } else {
      const fits = flat || column + flatWidth(piece.inner) + restWidth(rest) <= width;
      rest.push({ doc: piece.inner, indent: indentation, flat: fits });
    }
  }
  return out;
}
