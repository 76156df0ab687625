import { scan, type Token } from './scan.ts';

/** A token of the whole text, those in templates included; what stands between `${` and `}` has brackets of its own. */
export interface CodeToken extends Token {
  /** Of a bracket: the index of the other one. */
  readonly pair: number;
  /** The index of the opening bracket around it, or -1. */
  readonly around: number;
}

/** The tokens of a piece of code; nothing when a literal or a bracket has no end. */
export function codeTokens(text: string): readonly CodeToken[] | undefined {
  const scanned = scan(text);
  if (scanned === undefined) return undefined;
  const flat: { -readonly [K in keyof CodeToken]: CodeToken[K] }[] = [];
  const open: number[] = [];
  const closers: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{', '}$': '${' };
  let isBroken = false;
  const push = (token: Token): void => {
    const index = flat.length;
    if (token.type === 'mark' && Object.hasOwn(closers, token.value)) {
      const opened = open.pop();
      const first = opened === undefined ? undefined : flat[opened];
      if (first === undefined || first.value !== closers[token.value]) isBroken = true;
      else first.pair = index;
      flat.push({ ...token, pair: opened ?? -1, around: open.at(-1) ?? -1 });
      return;
    }
    flat.push({ ...token, pair: -1, around: open.at(-1) ?? -1 });
    if (token.type === 'mark' && /^(?:[([{]|\$\{)$/.test(token.value)) open.push(index);
  };
  const walk = (tokens: readonly Token[]): void => {
    for (const token of tokens) {
      push(token);
      for (const part of token.parts ?? []) {
        if (typeof part === 'string') continue;
        const place = { start: token.start, end: token.start, newline: false, ends: false };
        push({ type: 'mark', value: '${', ...place });
        walk(part.code);
        push({ type: 'mark', value: '}$', ...place, ends: true });
      }
    }
  };
  walk(scanned);
  return isBroken || open.length > 0 ? undefined : flat;
}

/** Is this token one of some marks? */
export function is(tokens: readonly CodeToken[], index: number, ...values: readonly string[]): boolean {
  const token = tokens[index];
  return token !== undefined && token.type === 'mark' && values.includes(token.value);
}

/** Is this token one of some words, and no member? */
export function isWord(tokens: readonly CodeToken[], index: number, ...values: readonly string[]): boolean {
  const token = tokens[index];
  return token !== undefined && token.type === 'name' && token.member !== true && values.includes(token.value);
}

/** The opening braces that hold statements. All others hold members, of an object, a pattern or a type. */
export function blocksOf(tokens: readonly CodeToken[]): ReadonlySet<number> {
  const blocks = new Set<number>();
  for (const index of tokens.keys()) if (isBlock(tokens, index, blocks)) blocks.add(index);
  return blocks;
}

/** Is this an opening brace with statements in it? All others hold members, of an object, a pattern or a type. */
function isBlock(tokens: readonly CodeToken[], index: number, blocks: ReadonlySet<number>): boolean {
  const before = tokens[index - 1];
  if (!is(tokens, index, '{') || before === undefined) return false;
  if (before.type === 'name' && !before.ends) {
    return /^(?:else|do|try|finally)$/.test(before.value) || (before.value === 'void' && is(tokens, index - 2, ':'));
  }
  // Behind an operand, and behind a type, no value can begin.
  if (before.type !== 'mark' || before.value === '>' || before.ends) {
    return !/^(?:const|let|var|is|readonly)$/.test(before.value) && !follows(tokens, index, 'interface');
  }
  if (before.value === ':') return follows(tokens, index, 'case') || isWord(tokens, index - 2, 'default');
  if (before.value === '{') return blocks.has(index - 1);
  // What a type of functions gives: `=> { name: … }`.
  if (before.value === '=>' && tokens[index + 1]?.type === 'name') {
    const at = isWord(tokens, index + 1, 'readonly') ? index + 2 : index + 1;
    if (is(tokens, at + 1, ':') || (is(tokens, at + 1, '?') && is(tokens, at + 2, ':'))) return false;
  }
  return /^(?:=>|\)|;|\})$/.test(before.value);
}

/** Does the statement that goes on here begin with a word? */
function follows(tokens: readonly CodeToken[], index: number, word: string): boolean {
  for (let at = index - 1; at >= 0; at -= 1) {
    if (isWord(tokens, at, word)) return true;
    if (is(tokens, at, '{', '}', ';', '(', '=', '=>')) return false;
  }
  return false;
}
