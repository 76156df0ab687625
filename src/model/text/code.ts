/** User text put into generated code: with the indentation of its new place, and never with another meaning. */
import { scan, type Token } from './scan.ts';
import { hard, indent, join, object, type Doc } from './doc.ts';

/** A template literal or a continued string that spans lines would change its value when its lines were moved. */
function isMovable(text: string): boolean {
  if (!/`|\\[\n\r]/.test(text)) return true;
  const tokens = scan(text);
  return tokens !== undefined && !/\\[\n\r]/.test(text) && !tokens.some(spansLines);
}

function spansLines(token: Token): boolean {
  return (token.parts ?? []).some((part) =>
    typeof part === 'string' ? part.includes('\n') : part.code.some(spansLines),
  );
}

/** The text of the source as a piece of code whose lines stand where the code around it puts them. */
export function userCode(text: string): Doc {
  const normal = text.replaceAll('\r\n', '\n');
  if (!normal.includes('\n')) return membersOf(normal) ?? normal;
  if (!isMovable(normal)) return normal;
  const [first = '', ...rest] = normal.split('\n');
  const depths = rest.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length);
  const depth = Math.min(...depths);
  const lines: Doc = rest.map((line) => [hard, line.slice(depth)]);
  // A chain of calls goes on below its first line: it stays indented against it.
  return /^[)\]}]/.test(rest.at(-1)?.trim() ?? '') ? [first, lines] : [first, indent(lines)];
}

/** An object literal on one line, as members that may be put on lines of their own. */
function membersOf(text: string): Doc | undefined {
  if (!/^\{.+\}$/.test(text) || /[`'"/\\]/.test(text.replaceAll(/'[^'\\]*'/g, ''))) return undefined;
  const members: string[] = [];
  let depth = 0;
  let start = 1;
  let quoted = false;
  for (let index = 1; index < text.length - 1; index++) {
    const unit = text[index] ?? '';
    if (unit === "'") quoted = !quoted;
    if (quoted) continue;
    if ('([{'.includes(unit)) depth += 1;
    else if (')]}'.includes(unit)) depth -= 1;
    // `{ a }.b + { c }` begins and ends with braces and is no literal.
    if (depth < 0) return undefined;
    if (unit !== ',' || depth > 0) continue;
    members.push(text.slice(start, index).trim());
    start = index + 1;
  }
  const last = text.slice(start, -1).trim();
  return object(last === '' ? members : [...members, last]);
}

/** An expression where commas mean something else: in parentheses when it could be two expressions. */
export function argumentCode(text: string): Doc {
  return hasOuterComma(text) ? ['(', userCode(text), ')'] : userCode(text);
}

/** An expression as the body of an arrow function. */
export function arrowBody(text: string): Doc {
  return text.startsWith('{') || hasOuterComma(text) ? ['(', userCode(text), ')'] : userCode(text);
}

/** The statements between the braces of a block, or `undefined` when they cannot be taken out of it. */
export function blockStatements(text: string): Doc | undefined {
  const inner = text.slice(1, -1).replaceAll('\r\n', '\n');
  if (!isMovable(inner)) return undefined;
  const lines = inner.split('\n').map((line) => line.trimEnd());
  while (lines.length > 0 && lines[0] === '') lines.shift();
  while (lines.length > 0 && lines.at(-1) === '') lines.pop();
  const depths = lines.filter((line) => line !== '').map((line) => line.length - line.trimStart().length);
  const depth = Math.min(...depths, Number.MAX_SAFE_INTEGER);
  return join(
    lines.map((line) => line.slice(depth)),
    hard,
  );
}

/** Does a comma stand outside of all brackets? Text that cannot be read is taken to have one. */
function hasOuterComma(text: string): boolean {
  if (!text.includes(',')) return false;
  let depth = 0;
  for (const { type, value } of scan(text) ?? [{ type: 'mark', value: ',' }]) {
    if (type !== 'mark') continue;
    if ('([{'.includes(value)) depth += 1;
    else if (')]}'.includes(value)) depth -= 1;
    else if (value === ',' && depth <= 0) return true;
  }
  return false;
}

const word = /[\p{ID_Start}$_][\p{ID_Continue}$]*/gu;

/** Every word in a text that could be an identifier, those in strings and comments too. */
export function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.match(word) ?? []);
}

/**
 * The names that a text refers to, as far as its tokens tell: not its strings, comments, members after a dot, and keys
 * of object literals. For a text that cannot be read, every word.
 */
export function namesIn(text: string): ReadonlySet<string> {
  const tokens = scan(text);
  const names = new Set<string>();
  if (tokens === undefined) return wordsOf(text);
  collectNames(tokens, names);
  return names;
}

function collectNames(tokens: readonly Token[], names: Set<string>): void {
  for (const [index, token] of tokens.entries()) {
    const before = tokens[index - 1]?.value;
    const isMember = before === '.' || before === '?.';
    const isKey = (before === '{' || before === ',') && tokens[index + 1]?.value === ':';
    if (token.type === 'name' && !isMember && !isKey) names.add(token.value);
    for (const part of token.parts ?? []) if (typeof part !== 'string') collectNames(part.code, names);
  }
}
