import { messageOf } from '../../core/index.ts';
import type { Location } from '../../model/index.ts';
import { unescape } from '../../model/text/literals.ts';

type Place = Omit<Location, 'file'>;

const start: Place = { line: 1, column: 1, endLine: 1, endColumn: 1 };

/**
 * Where a member of the step that a module exports is written: `['instances', 'order', 'states']`. As near as its keys
 * lead, one after the other; a module that computes them leads to its beginning.
 */
export function placeOfMember(text: string, path: readonly PropertyKey[]): Place {
  const code = withoutComments(text);
  let from = Math.max(0, code.indexOf('export default'));
  let found: { readonly index: number; readonly length: number } | undefined;
  for (const key of path) {
    if (typeof key === 'number') continue;
    const name = String(key).replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    const match = new RegExp(`(?<![\\w$.])(['"]?)${name}\\1\\s*[:(]`).exec(code.slice(from));
    if (match === null) break;
    found = { index: from + match.index, length: match[0].replace(/\s*[:(]$/, '').length };
    from = found.index + match[0].length;
  }
  return found === undefined ? start : placeAt(text, found.index, found.length);
}

/** Where the placeholder with a question stands; the nth of those that ask the same. */
export function placeOfQuestion(text: string, question: string, nth: number): Place {
  const code = withoutComments(text);
  let left = nth;
  for (const match of code.matchAll(/\bplaceholder\s*\(\s*(['"`])((?:\\[^]|(?!\1)[^])*)\1/g)) {
    if (unescape(match[2] ?? '') === question && left-- === 0) return placeAt(text, match.index, match[0].length + 1);
  }
  return start;
}

/** A place by its offset. */
function placeAt(text: string, index: number, length: number): Place {
  const at = (offset: number) => {
    const lines = text.slice(0, offset).split('\n');
    return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
  };
  const [begin, end] = [at(index), at(index + length)];
  return { ...begin, endLine: end.line, endColumn: end.column };
}

/** What stands in comments says nothing; all else keeps its offset. */
function withoutComments(text: string): string {
  return text.replaceAll(/(['"`])(?:\\[^]|(?!\1)[^])*\1|\/\/[^\n]*|\/\*[^]*?\*\//g, (found) =>
    found.startsWith('/') ? found.replaceAll(/[^\n]/g, ' ') : found,
  );
}

/** Where tsx found the first error in the syntax of a module, and what it said; it counts columns from 0. */
export function syntaxError(
  thrown: unknown,
): (ReturnType<typeof placeOfThrown> & { readonly said: string }) | undefined {
  const [, path, line, column, said] = /\n(.+?):(\d+):(\d+): ERROR: (.+)/.exec(messageOf(thrown)) ?? [];
  if (path === undefined || said === undefined) return undefined;
  const at = { line: Number(line), column: Number(column) + 1 };
  return { path, place: { ...at, endLine: at.line, endColumn: at.column + 1 }, said };
}

/**
 * Where in a user's module something was thrown, or the syntax is wrong, by the stack of what was thrown.
 *
 * @param path The module: a place in another file counts only when the stack names none in this one.
 */
export function placeOfThrown(
  thrown: unknown,
  path: string,
): { readonly path: string; readonly place: Place; readonly said?: string } {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  const places = [
    ...stack.matchAll(/((?:file:\/\/)?(?:\/|[A-Z]:[\\/])[^\s:()?]+)(?:\?[^\s:]*)?:(\d+)(?::(\d+))?/g),
  ].map(([, file = '', line = '1', column]) => {
    const caret = /^( *)\^/m.exec(stack)?.[1];
    const named = decodeURIComponent(file.replace(/^file:\/\/(?=\/)/, ''));
    // Who compiles a module may name it from the working directory on: `../steps/1.ts`.
    const own = path.endsWith(named) ? path : named;
    return { path: own, line: Number(line), column: Number(column ?? (caret?.length ?? 0) + 1) };
  });
  const inside = places.filter((each) => !/[\\/](?:node_modules|dist)[\\/]/.test(each.path));
  const found = inside.find((each) => each.path === path) ?? inside[0];
  if (found === undefined) return { path, place: start };
  const { line, column } = found;
  return { path: found.path, place: { line, column, endLine: line, endColumn: column + 1 } };
}
