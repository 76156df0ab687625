/** What the text of a lambda tells about the names it takes from its scope. */
import type { LambdaParts } from '../../model/index.ts';

/** Does the parameter take any object, also a fresh one with more members than it reads? */
export function isUnannotated(parameter: string): boolean {
  const text = parameter.trim();
  return (
    /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(text) || (/^\{[^]*\}$/.test(text) && readPattern(text) !== undefined)
  );
}

/** The names that a lambda reads from its scope, when its text shows them; `undefined` when it could be any. */
export function readNames(lambda: LambdaParts): readonly string[] | undefined {
  const parameter = lambda.parameter.trim();
  if (parameter === '') return [];
  const name = /^([\p{ID_Start}$_][\p{ID_Continue}$]*)(?:\s*:[^]*)?$/u.exec(parameter)?.[1];
  if (name === undefined) return readPattern(/^\{[^]*\}/.exec(parameter)?.[0] ?? '');
  const escaped = name.replaceAll('$', '\\$');
  const every = lambda.body.match(new RegExp(`(?<![\\p{ID_Continue}$])${escaped}(?![\\p{ID_Continue}$])`, 'gu')) ?? [];
  const members = [
    ...lambda.body.matchAll(
      new RegExp(`(?<![\\p{ID_Continue}$.])${escaped}\\s*\\??\\.\\s*([\\p{ID_Start}$_][\\p{ID_Continue}$]*)`, 'gu'),
    ),
  ];
  if (members.length !== every.length) return undefined;
  return [...new Set(members.map((match) => match[1] as string))].sort();
}

/** The names that `{ a, b: { c }, d = 1 }` takes from an object; `undefined` for a pattern that this cannot tell of. */
function readPattern(text: string): readonly string[] | undefined {
  if (!text.startsWith('{') || /[`'"/]|\.\.\./.test(text)) return undefined;
  const names: string[] = [];
  let depth = 0;
  let piece = '';
  for (const unit of `${text.slice(1, -1)},`) {
    if ('([{'.includes(unit)) depth += 1;
    if (')]}'.includes(unit)) depth -= 1;
    if (depth < 0) return undefined;
    if (unit !== ',' || depth > 0) {
      piece += unit;
      continue;
    }
    if (piece.trim() !== '') {
      const name = /^\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*(?:[:=]|$)/u.exec(piece)?.[1];
      if (name === undefined) return undefined;
      names.push(name);
    }
    piece = '';
  }
  return depth === 0 ? [...new Set(names)] : undefined;
}
