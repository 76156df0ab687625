import type { Token } from './scan.ts';

// Sets, not patterns: this looks at every token of a system, most often in a process that has just begun.
const opening = new Set(['(', '[', '{']);
const closing = new Set([')', ']', '}']);

/**
 * The tokens without the parentheses that formatters put around the whole of an arrow's body, or of what `return` and
 * `throw` give, when it does not fit on a line.
 */
export function dropParentheses(tokens: readonly Token[]): readonly Token[] {
  const dropped = new Set<number>();
  const open: { readonly index: number; commas: boolean }[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.type !== 'mark') continue;
    if (opening.has(token.value)) open.push({ index, commas: false });
    else if (token.value === ',') {
      const around = open.at(-1);
      if (around !== undefined) around.commas = true;
    } else if (closing.has(token.value)) {
      const start = open.pop();
      if (start === undefined || start.commas || start.index + 1 === index) continue;
      if (!isAround(tokens, start.index) || !isWhole(tokens[index + 1])) continue;
      dropped.add(start.index).add(index);
    }
  }
  if (dropped.size === 0) return tokens;
  return tokens.flatMap((token, index) => {
    if (dropped.has(index)) return [];
    // What stood behind the parenthesis may stand on a line of its own: now it follows `return`.
    return [dropped.has(index - 1) && tokens[index - 1]?.value === '(' ? { ...token, newline: false } : token];
  });
}

/** Does this parenthesis begin the body of an arrow, or what `return` or `throw` gives? */
function isAround(tokens: readonly Token[], index: number): boolean {
  const [before, open, first] = tokens.slice(Math.max(0, index - 1), index + 2);
  if (index === 0 || open?.value !== '(') return false;
  if (before?.type === 'mark') return before.value === '=>' && first?.value !== '{';
  return before?.type === 'name' && before.member !== true && /^(?:return|throw)$/.test(before.value) && !open.newline;
}

/** Does nothing that comes behind the parenthesis belong to the same expression? */
function isWhole(next: Token | undefined): boolean {
  if (next?.type === 'name') return next.newline && !/^(?:as|satisfies|in|instanceof)$/.test(next.value);
  return next === undefined || (next.type === 'mark' && /^[)\]},;]$/.test(next.value));
}
