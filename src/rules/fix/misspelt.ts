import type { Diagnostic, Fix } from '../../model/index.ts';
import type { IssueContext } from '../rule.ts';

/** Where a rule marks a whole object, the members of it that hold the names the rule speaks of. */
const members: Readonly<Record<string, readonly string[]>> = {
  MR1216: ['members', 'dependencies'],
  MR1217: ['needs'],
  MR1301: ['target'],
  MR1302: ['initial'],
  MR1311: ['creates', 'on', 'flow', 'task', 'machine'],
  MR1330: ['target'],
  MR1332: ['cancel'],
};

/**
 * The fix of a problem: its own, or for a misspelt name the change of that name to the one it resembles. Nothing when
 * the text does not show beyond doubt where the name stands.
 *
 * @param text The file that the problem lies in.
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { fixOf, type Issue } from 'millrace/rules';
 *
 * const titles = (issues: readonly Issue[]) =>
 *   issues.flatMap((issue) => fixOf(issue, readFileSync(issue.file, 'utf8'))?.title ?? []);
 * ```
 */
export function fixOf(problem: Diagnostic & { readonly context?: IssueContext }, text: string): Fix | undefined {
  if (problem.fix !== undefined) return problem.fix;
  const { actual, suggestion } = problem.context ?? {};
  if (actual === undefined || suggestion === undefined || /['"`\\\n]/.test(suggestion)) return undefined;
  const start = offsetOf(text, problem.line, problem.column);
  const marked = text.slice(start, offsetOf(text, problem.endLine, problem.endColumn));
  const title = `Replace '${actual}' by '${suggestion}'`;
  if (problem.code === 'MR1218') {
    const places = readsIn(marked, actual).map((at) => start + at);
    const edits = places.map((at) => ({ file: problem.file, start: at, end: at + actual.length, text: suggestion }));
    return edits.length === 0 || !isIdentifier.test(suggestion) ? undefined : { title, edits };
  }
  const at = problem.code === 'MR1302' ? startIn(marked, actual) : nameIn(marked, actual, members[problem.code] ?? []);
  // A key without quotes takes only what is an identifier.
  if (at === undefined || (at === 0 && !isIdentifier.test(suggestion))) return undefined;
  const edit = { file: problem.file, start: start + at, end: start + at + actual.length, text: suggestion };
  return { title, edits: [edit] };
}

const isIdentifier = /^[A-Za-z_$][\w$]*$/;

/** Where the state stands that a machine begins in, `.states('HERE', …)`, or `initial` of a state below. */
function startIn(marked: string, name: string): number | undefined {
  const found = [...marked.matchAll(new RegExp(`\\.states\\(\\s*(['"\`])${escaped(name)}\\1`, 'g'))];
  const [only] = found;
  if (only === undefined) return nameIn(marked, name, ['initial']);
  return found.length > 1 ? undefined : only.index + only[0].length - name.length - 1;
}

/**
 * Where a lambda reads a name of its scope: in its pattern and behind it. Nothing where it is more than that: a key, a
 * shorthand, another name for it, or part of a text.
 */
function readsIn(marked: string, name: string): readonly number[] {
  const [head = '', pattern = ''] = /\(\{([^{}()]*)\}\)\s*=>/.exec(marked) ?? [];
  const names = pattern.split(',').map((each) => each.trim());
  if (!names.includes(name) || /['"`/]/.test(marked.slice(marked.indexOf(head)))) return [];
  const from = marked.indexOf(head);
  const body = from + head.length;
  const word = new RegExp(`(?<![\\w$.])${escaped(name)}(?![\\w$])`, 'g');
  const found = [...marked.matchAll(word)].map(({ index }) => index).filter((index) => index >= from);
  const isMore = (at: number): boolean =>
    at >= body && (/^\s*:/.test(marked.slice(at + name.length)) || isShorthand(marked, at, name.length));
  return found.some(isMore) ? [] : found;
}

function isShorthand(text: string, at: number, length: number): boolean {
  return /[{,]\s*$/.test(text.slice(0, at)) && /^\s*[,}]/.test(text.slice(at + length));
}

const escaped = (name: string): string => name.replaceAll(/\W/g, '\\$&');

/** Where in a marked text a name stands as a literal: all of the text is it, or it is the only one and stands in a known member. */
function nameIn(marked: string, name: string, keys: readonly string[]): number | undefined {
  const quoted = `(['"\`])${escaped(name)}\\1`;
  if (new RegExp(`^${quoted}$`).test(marked)) return 1;
  // What a state reacts to is marked with its key: `opnd: 'open'`.
  const key = new RegExp(`^(['"]?)${escaped(name)}\\1\\s*:`).exec(marked);
  if (key !== null && keys.includes('on')) return key[1]?.length ?? 0;
  const all = [...marked.matchAll(new RegExp(quoted, 'g'))];
  const [only] = all;
  if (only === undefined || all.length > 1) return undefined;
  const before = marked.slice(0, only.index);
  const isValue = keys.some((key) => new RegExp(`\\b${key}\\s*:\\s*(?:\\[[^\\]]*)?$`).test(before));
  return isValue && !/\/[/*]/.test(before) ? only.index + 1 : undefined;
}

/** The offset of a line and column, counted from 1 as diagnostics do: a byte order mark has no column. */
function offsetOf(text: string, line: number, column: number): number {
  const breaks = /\r\n|[\n\r\u2028\u2029]/g;
  let start = 0;
  for (let at = 1; at < line; at += 1) {
    const found = breaks.exec(text);
    if (found === null) return text.length;
    start = found.index + found[0].length;
  }
  const mark = line === 1 && text.startsWith('\ufeff') ? 1 : 0;
  return Math.min(start + column - 1 + mark, text.length);
}
