import { readString } from '../text/literals.ts';

/** One name or index of a path, and what stands before it. */
export interface PathPiece {
  /** Without quotes; of an index its digits. */
  readonly name: string;
  /** `/` goes into a step or a state, `[` begins an index. The first piece of a path has a dot, too. */
  readonly by: '.' | '/' | '[';
}

/** What came of reading a path. */
export type ParsedPath =
  | { readonly pieces: readonly PathPiece[] }
  /** Why it is none, and at which character (counted from 1). */
  | { readonly problem: string; readonly column: number };

const bare = /[^\s./[\]"'`]+/y;

/**
 * Reads a path such as `flows.pay.body.prepared/stock.retry`, `machines.order.states.open.on.pay[0]` or
 * `events."order.placed"`: the notation of {@link diffSystems} and of edits. What it leads to is another question.
 *
 * @example
 * ```ts
 * import { parsePath } from 'millrace/model';
 *
 * const path = parsePath('flows.pay.body.prepared/stock');
 * if ('problem' in path) console.error(`${path.problem} (at ${path.column})`);
 * ```
 */
export function parsePath(text: string): ParsedPath {
  const pieces: PathPiece[] = [];
  let position = 0;
  const stop = (problem: string): ParsedPath => ({ problem, column: position + 1 });
  let by: PathPiece['by'] = '.';
  for (;;) {
    if (by === '[') {
      const [, digits] = /^(\d+)\]/.exec(text.slice(position)) ?? [];
      if (digits === undefined) return stop('an index in brackets is a number, such as [0]');
      pieces.push({ name: String(Number(digits)), by });
      position += digits.length + 1;
    } else {
      const name = readName(text, position);
      if (name === undefined) {
        return stop(
          position >= text.length ? 'a name is missing at the end' : 'a name or a text in quotes must come here',
        );
      }
      pieces.push({ name: name.value, by });
      position = name.end;
    }
    if (position >= text.length) return { pieces };
    const next = text[position];
    if (next !== '.' && next !== '/' && next !== '[') return stop('only a dot, a slash or [ can follow');
    by = next;
    position += 1;
  }
}

function readName(text: string, from: number): { readonly value: string; readonly end: number } | undefined {
  const first = text[from];
  if (first === '"' || first === "'") return readString(text, from);
  bare.lastIndex = from;
  const value = bare.exec(text)?.[0];
  return value === undefined ? undefined : { value, end: from + value.length };
}

/** A name as it stands in a path: in quotes when it is not plain. */
export function pathName(name: string): string {
  return /^[^\s./[\]"'`]+$/.test(name) ? name : JSON.stringify(name);
}

/** The text of a path. */
export function printPath(pieces: readonly PathPiece[]): string {
  return pieces
    .map(({ name, by }, index) => (by === '[' ? `[${name}]` : `${index === 0 ? '' : by}${pathName(name)}`))
    .join('');
}
