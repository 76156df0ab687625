import { unescape } from './literals.ts';
import { dropParentheses } from './parentheses.ts';
import { endsHeader, scan, type Token } from './scan.ts';

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/**
 * A print of a piece of TypeScript in which only what it says counts: not its quotes, comments, spaces, trailing
 * commas, optional semicolons, the `|` that a union begins with, nor the parentheses that formatters put around a lone
 * parameter or the body of an arrow. Two pieces that mean different things never print alike; text that cannot be read
 * prints as it is.
 */
export function normaliseText(text: string): string {
  const tokens = scan(text);
  return tokens === undefined ? `?${text}` : print(tokens);
}

function print(all: readonly Token[]): string {
  const tokens = dropParentheses(all);
  const out: string[] = [];
  const brackets: string[] = [];
  let previous: Token | undefined;
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    if (/^[([{]$/.test(token.value) && token.type === 'mark') brackets.push(token.value);
    else if (/^[)\]}]$/.test(token.value) && token.type === 'mark') brackets.pop();
    if (previous !== undefined && breaksStatement(previous, token)) out.push(';');
    if (isNoise(token, previous, next, brackets.at(-1))) continue;
    if (token.type === 'name' && isMark(next, '=>')) out.push('(', token.value, ')');
    else out.push(printToken(token, previous, next));
    previous = token;
  }
  return out.join(' ');
}

function isMark(token: Token | undefined, value: string): boolean {
  return token?.type === 'mark' && token.value === value;
}

function isNoise(
  token: Token,
  previous: Token | undefined,
  next: Token | undefined,
  bracket: string | undefined,
): boolean {
  if (token.type !== 'mark') return false;
  if (token.value === ';') return bracket !== '(' && isOptional(previous, next);
  if (token.value === ',') {
    // In `[a, , ]` a comma stands for a hole: only one that follows an element may go.
    const closes = next?.type === 'mark' && /^[)\]}>]$/.test(next.value);
    return closes && previous !== undefined && !isMark(previous, ',') && !isMark(previous, '[');
  }
  // A type may end in `>` too: `Set<string> | undefined`; and in what looks like the body of an arrow: `() => {…} | {…}`.
  return /^[|&]$/.test(token.value) && previous !== undefined && !previous.ends && !/^[>}]$/.test(previous.value);
}

/** A semicolon may go where a line break would do, and before `}` or the end. */
function isOptional(previous: Token | undefined, next: Token | undefined): boolean {
  if (previous === undefined) return true;
  const needed = endsHeader(previous) || (!previous.ends && /^(?:else|do|:|=>)$/.test(previous.value));
  if (needed) return false;
  if (next === undefined || isMark(next, '}')) return true;
  const ends = previous.ends || isMark(previous, '}');
  return ends && !isPostfix(previous) && !isSticky(previous) && !continues(next);
}

/** Words that take in what follows when it stands on the same line. */
const restricted = new Set(['return', 'break', 'continue', 'yield', 'throw']);
const sticky = new Set([
  ...restricted,
  ...'async let type interface namespace module declare abstract get set static accessor'.split(' '),
  ...'readonly public private protected override'.split(' '),
]);

function isSticky(token: Token): boolean {
  return token.type === 'name' && token.member !== true && sticky.has(token.value);
}

function isPostfix(token: Token): boolean {
  return token.type === 'mark' && token.ends && /^(?:!|\+\+|--)$/.test(token.value);
}

/** Could this token go on with the expression before it? */
function continues(token: Token): boolean {
  if (token.type === 'template') return true;
  if (token.type === 'name') return /^(?:as|satisfies|in|instanceof|is|of|extends)$/.test(token.value);
  return token.type === 'mark' && !/^(?:~|@|\})$/.test(token.value);
}

/** Does the line break before this token end a statement that would go on without it? */
function breaksStatement(previous: Token, token: Token): boolean {
  if (!token.newline || isMark(token, ';') || isMark(token, '}')) return false;
  if (isSticky(previous)) return restricted.has(previous.value) || !continues(token);
  if (previous.ends && token.type === 'mark' && /^(?:!|\+\+|--)$/.test(token.value)) return true;
  return isPostfix(previous) && !continues(token);
}

function printToken(token: Token, previous: Token | undefined, next: Token | undefined): string {
  if (token.type === 'string') {
    const isKey = isMark(next, ':') && previous?.type === 'mark' && /^[{,;]$/.test(previous.value);
    return isKey && identifier.test(token.value) ? token.value : JSON.stringify(token.value);
  }
  if (token.type !== 'template') return token.value;
  const parts = token.parts ?? [];
  const [only] = parts;
  const tagged = previous?.ends === true && previous.type !== 'string';
  if (parts.length === 1 && typeof only === 'string' && !tagged) return JSON.stringify(unescape(only));
  return `\`${parts.map((part) => (typeof part === 'string' ? part : `\${${print(part.code)}}`)).join('')}\``;
}
