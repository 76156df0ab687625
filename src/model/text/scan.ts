import { readRegExp, readString, readTemplate, type TemplatePart } from './literals.ts';

/** One token of TypeScript. `value` is what counts: comments, spaces and the way a literal is quoted do not. */
export interface Token {
  readonly type: 'name' | 'number' | 'string' | 'template' | 'regexp' | 'mark';
  readonly value: string;
  /** Where it begins and ends, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** Does a line break stand before it? */
  readonly newline: boolean;
  /** May an operand end here, so that an operator follows? */
  readonly ends: boolean;
  /** Of a name: does a dot stand before it? */
  readonly member?: boolean;
  /** Of a template: its pieces. */
  readonly parts?: readonly TemplatePart<readonly Token[]>[];
  /** Of a closing bracket: the token before the opening one. */
  readonly opener?: Token | undefined;
}

const word = /[\p{ID_Start}$_#][\p{ID_Continue}$\u200c\u200d]*/uy;
const number = /(?:0[xob][\da-f_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[+-]?\d[\d_]*)?)n?/iy;
const space = /(?:\s|\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\/)+/uy;
// `>` is always read alone, so that the end of nested type arguments and a shift need not be told apart.
const mark =
  /\.\.\.|=>|===|!==|==|!=|\*\*=|\*\*|<<=|<=|\+\+|--|&&=|\|\|=|\?\?=|&&|\|\||\?\?|\?\.(?!\d)|[-+*/%&|^]=|[^]/uy;

/** Words after which an operand comes. */
const operators = new Set(
  'return typeof case in of delete void throw new instanceof await yield else do extends keyof as satisfies default'.split(
    ' ',
  ),
);
const headers = new Set(['if', 'while', 'for', 'with']);

/** Is this `)` the end of what stands between `if (` or the like and its statement? */
export function endsHeader(token: Token): boolean {
  return (
    token.type === 'mark' && token.value === ')' && token.opener?.member === false && headers.has(token.opener.value)
  );
}

function at(pattern: RegExp, text: string, from: number): string | undefined {
  pattern.lastIndex = from;
  return pattern.exec(text)?.[0];
}

/**
 * The tokens of a piece of TypeScript, whatever it is: an expression, a lambda, a declaration. Text that is no
 * TypeScript still gives tokens, or `undefined` when a literal has no end.
 */
export function scan(text: string): readonly Token[] | undefined {
  return scanFrom(text, 0, false)?.code;
}

/** May a space or a comment begin here? */
function isBlank(unit: number): boolean {
  return unit <= 32 || unit === 47 || unit >= 128;
}

/** Scans to the end of the text or, inside a template, to the `}` that no `{` opened. */
function scanFrom(
  text: string,
  from: number,
  inTemplate: boolean,
): { code: readonly Token[]; end: number } | undefined {
  const code: Token[] = [];
  const open: (Token | undefined)[] = [];
  let position = from;
  for (;;) {
    // Most tokens follow one space or none: the patterns are for the others.
    const blank = isBlank(text.charCodeAt(position)) ? (at(space, text, position) ?? '') : '';
    position += blank.length;
    if (position >= text.length) return inTemplate ? undefined : { code, end: position };
    if (inTemplate && open.length === 0 && text[position] === '}') return { code, end: position };
    const before = code.at(-1);
    const newline = blank.length > 0 && blank !== ' ' && /[\n\r\u2028\u2029]/u.test(blank);
    const literal = readLiteral(text, position, before);
    if (literal === null) return undefined;
    if (literal !== undefined) {
      code.push({ ...literal, start: position, newline, ends: true });
      position = literal.end;
      continue;
    }
    const name = at(word, text, position);
    const value = name ?? at(mark, text, position) ?? text.charAt(position);
    const start = position;
    position += value.length;
    const place = { start, end: position, newline };
    code.push(name === undefined ? readMark(value, place, before, open) : readName(name, place, before));
  }
}

type Span = Pick<Token, 'start' | 'end' | 'newline'>;

function readName(value: string, place: Span, before: Token | undefined): Token {
  const member = before?.value === '.' || before?.value === '?.';
  return { type: 'name', value, ...place, member, ends: member || !operators.has(value) };
}

function readMark(value: string, place: Span, before: Token | undefined, open: (Token | undefined)[]): Token {
  if (value === '(' || value === '[' || value === '{') {
    open.push(before);
    return { type: 'mark', value, ...place, ends: false };
  }
  if (value === ')' || value === ']' || value === '}') {
    const opener = open.pop();
    const token: Token = { type: 'mark', value, ...place, ends: true, opener };
    // After `if (x)` a statement comes, and after a block too: a slash there begins a regular expression.
    if (value === ')') return { ...token, ends: !endsHeader(token) };
    return value === '}' && opener !== undefined && /^(?:=>|\)|;|\{|\})$/.test(opener.value)
      ? { ...token, ends: false }
      : token;
  }
  const postfix = (value === '!' || value === '++' || value === '--') && before?.ends === true && !place.newline;
  return { type: 'mark', value, ...place, ends: postfix };
}

interface Literal {
  readonly type: 'number' | 'string' | 'template' | 'regexp';
  readonly value: string;
  readonly end: number;
  readonly parts?: readonly TemplatePart<readonly Token[]>[];
}

/** The literal that begins here; `undefined` when none does, `null` when it has no end. */
function readLiteral(text: string, from: number, before: Token | undefined): Literal | undefined | null {
  const first = text[from] as string;
  if (first === '"' || first === "'") {
    const string = readString(text, from);
    return string === undefined ? null : { type: 'string', ...string };
  }
  if (first === '`') {
    const template = readTemplate(text, from, (inner) => scanFrom(text, inner, true));
    return template === undefined ? null : { type: 'template', value: '`', ...template };
  }
  if (first === '/' && before?.ends !== true) {
    const end = readRegExp(text, from);
    return end === undefined ? null : { type: 'regexp', value: text.slice(from, end), end };
  }
  if (!/[\d.]/.test(first)) return undefined;
  const digits = at(number, text, from);
  if (digits === undefined) return undefined;
  const plain = digits.replaceAll('_', '').toLowerCase();
  return { type: 'number', value: plain.endsWith('n') ? plain : String(Number(plain)), end: from + digits.length };
}
