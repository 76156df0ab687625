/** What the names in a piece of TypeScript mean, as far as its tokens tell: a small scope resolver without a parser. */
import { blocksOf, codeTokens, is, isWord, type CodeToken } from './code-tokens.ts';

/** A name that means something of its own in a part of the text. */
export interface CodeBinding {
  readonly name: string;
  /** The index of its token. */
  readonly at: number;
  /** The indices of the first token and behind the last one of where it means that. */
  readonly from: number;
  readonly to: number;
}

/** One place where a name stands for a value or a type. */
export interface Occurrence {
  /** The index of the token. */
  readonly at: number;
  /** What it means; nothing for what comes from outside of the text. */
  readonly binding?: CodeBinding;
  /** `{ name }` in an object, or in a pattern: key and value at once. */
  readonly shorthand: boolean;
}

/** Words of code whose names are not resolved here. */
const unresolved = new Set(['class', 'enum', 'namespace', 'with', 'infer', 'declare']);
const statements = /^(?:const|let|var|return|if|for|while|do|function|throw|switch|try|type|interface|export)$/;

/** A piece of code whose names are resolved. */
export class Code {
  readonly text: string;
  readonly tokens: readonly CodeToken[];
  readonly #bindings: CodeBinding[] = [];
  /** The tokens that bind a name. */
  readonly #binders = new Map<number, CodeBinding>();
  /** Braces that hold statements. */
  readonly #blocks: ReadonlySet<number>;
  readonly #typeParameters = new Set<string>();
  #isUnsure: boolean;

  constructor(text: string, tokens: readonly CodeToken[]) {
    this.text = text;
    this.tokens = tokens;
    this.#isUnsure = tokens.some(
      ({ type, value, member }) => type === 'name' && member !== true && unresolved.has(value),
    );
    this.#blocks = blocksOf(tokens);
    for (const index of tokens.keys()) this.#bind(index);
  }

  /** Can it be told what a name means? Not where only a parser could, nor for the parameters of types. */
  tells(name: string): boolean {
    return !this.#isUnsure && !this.#typeParameters.has(name);
  }

  /** Every place where a name stands for a value or a type: not as a member or a key. */
  occurrences(name: string): readonly Occurrence[] {
    return this.tokens.flatMap(({ type, value, member }, at) => {
      if (type !== 'name' || value !== name || member === true || this.#isKey(at)) return [];
      const binding = this.#meaning(at);
      return [{ at, shorthand: this.#isShorthand(at), ...(binding !== undefined && { binding }) }];
    });
  }

  /** The bindings of a name whose reach takes in a token. */
  hidden(name: string, at: number): boolean {
    return this.#bindings.some((one) => one.name === name && one.from <= at && at < one.to);
  }

  #meaning(at: number): CodeBinding | undefined {
    const own = this.#binders.get(at);
    if (own !== undefined) return own;
    const name = this.tokens[at]?.value;
    let best: CodeBinding | undefined;
    for (const one of this.#bindings) {
      if (one.name !== name || at < one.from || at >= one.to) continue;
      if (best === undefined || one.from >= best.from) best = one;
    }
    return best;
  }

  #is(index: number, ...values: readonly string[]): boolean {
    return is(this.tokens, index, ...values);
  }

  #isWord(index: number, ...values: readonly string[]): boolean {
    return isWord(this.tokens, index, ...values);
  }

  /** Is this name the key of a member: `{ name: … }`, `{ name?: … }` or `{ name() { … } }`? */
  #isKey(at: number): boolean {
    const { around } = this.tokens[at] as CodeToken;
    // `{ [name: string]: … }`
    if (this.#is(around, '[') && around === at - 1 && this.#is(at + 1, ':')) return true;
    if (around === -1 || !this.#is(around, '{') || this.#blocks.has(around)) return false;
    const before = this.tokens[at - 1];
    const starts =
      this.#is(at - 1, '{', ',', ';') ||
      this.#isWord(at - 1, 'readonly', 'get', 'set') ||
      (this.tokens[at]?.newline === true && before?.ends === true);
    if (!starts) return false;
    return this.#is(at + 1, ':', '(') || (this.#is(at + 1, '?') && this.#is(at + 2, ':', '('));
  }

  #isShorthand(at: number): boolean {
    const { around } = this.tokens[at] as CodeToken;
    if (around === -1 || !this.#is(around, '{') || this.#blocks.has(around)) return false;
    return this.#is(at - 1, '{', ',') && this.#is(at + 1, ',', '}', '=');
  }

  /** Notes what a token begins to bind. */
  #bind(index: number): void {
    const token = this.tokens[index] as CodeToken;
    if (token.type === 'mark' && token.value === '=>') this.#bindArrow(index);
    if (this.#is(index, '<')) this.#noteTypeParameters(index);
    if (this.#isWord(index, 'in') && this.#is(index - 2, '[')) this.#noteTypeParameter(index - 1);
    if (token.type !== 'name' || token.member === true) return;
    const next = this.tokens[index + 1];
    if (this.#isKey(index)) {
      const open = this.#is(index + 1, '(') ? index + 1 : undefined;
      if (open !== undefined) this.#bindParameters(open, this.#endOfFunction(open));
    } else if (/^(?:const|let|var)$/.test(token.value)) {
      if (next !== undefined && !this.#isWord(index - 1, 'as') && !this.#is(index - 1, '<', ','))
        this.#bindDeclaration(index);
    } else if (token.value === 'function') this.#bindFunction(index);
    else if (token.value === 'catch' && this.#is(index + 1, '(')) {
      const close = (next as CodeToken).pair;
      this.#bindPattern(index + 2, close, [index + 1, this.#endOfBlock(close + 1)]);
    } else if (/^(?:type|interface|class)$/.test(token.value) && next?.type === 'name' && !next.newline) {
      if (this.#is(index + 2, '=', '<', '{') || this.#isWord(index + 2, 'extends', 'implements')) {
        this.#add(index + 1, this.#blockAround(index));
      }
    }
  }

  #bindArrow(arrow: number): void {
    const end = this.#endOfBody(arrow + 1);
    const before = this.tokens[arrow - 1];
    if (before?.type === 'name' && this.#mayBegin(arrow - 1)) return this.#add(arrow - 1, [arrow - 1, end]);
    const open = this.#parametersBefore(arrow);
    if (open === undefined) this.#isUnsure = true;
    else this.#bindParameters(open, end);
  }

  /** Can an operand begin here, and not go on from a type before it? */
  #mayBegin(index: number): boolean {
    const before = this.tokens[index - 1];
    if (before === undefined) return true;
    if (before.type === 'name') return before.member !== true && /^(?:return|default|case|async)$/.test(before.value);
    if (this.#is(index - 1, ':')) return !this.#is(index - 2, ')');
    return this.#is(index - 1, '(', ',', '=', '[', '=>', '?', '&&', '||', '??', ';', '{', '}', '...', '${');
  }

  #noteTypeParameters(open: number): void {
    const isDeclared = this.#isWord(open - 2, 'function', 'type', 'interface') || this.#isWord(open - 1, 'function');
    const before = this.tokens[open - 1];
    if (!isDeclared && before !== undefined && (before.ends || before.type !== 'mark')) return;
    let depth = 1;
    if (this.tokens[open + 1]?.type === 'name') this.#noteTypeParameter(open + 1);
    for (let index = open + 1; index < this.tokens.length && depth > 0; index += 1) {
      if (this.#is(index, '(', '[', '{')) index = this.tokens[index]?.pair ?? index;
      else if (this.#is(index, '<')) depth += 1;
      else if (this.#is(index, '>')) depth -= 1;
      else if (this.#is(index, ';')) return;
      else if (depth === 1 && this.#is(index, ',') && this.tokens[index + 1]?.type === 'name')
        this.#noteTypeParameter(index + 1);
    }
  }

  #noteTypeParameter(index: number): void {
    const word = this.#isWord(index, 'const') ? index + 1 : index;
    this.#typeParameters.add(this.tokens[word]?.value ?? '');
  }

  /** The bracket of the parameters that an arrow stands behind, a type of what it gives in between. */
  #parametersBefore(arrow: number): number | undefined {
    if (this.#is(arrow - 1, ')')) {
      const open = (this.tokens[arrow - 1] as CodeToken).pair;
      return this.#is(open - 1, ':') && this.#is(open - 2, ')') ? undefined : open;
    }
    for (let index = arrow - 1; index >= 0; index -= 1) {
      if (this.#is(index, ':') && this.#is(index - 1, ')')) return this.tokens[index - 1]?.pair;
      if (this.#is(index, ')', ']', '}')) index = (this.tokens[index] as CodeToken).pair;
      else if (this.#is(index, '(', '[', '{', ',', ';', '=', '=>')) return undefined;
    }
    return undefined;
  }

  #bindFunction(index: number): void {
    let at = index + 1;
    if (this.#is(at, '*')) at += 1;
    const isExpression = !this.#startsStatement(index);
    const named = this.tokens[at]?.type === 'name' ? at : undefined;
    if (named !== undefined) at += 1;
    while (at < this.tokens.length && !this.#is(at, '(')) at += 1;
    const end = this.#endOfFunction(at);
    this.#bindParameters(at, end);
    if (named !== undefined) this.#add(named, isExpression ? [index, end] : this.#blockAround(index));
  }

  /** Behind the body of a function with these parameters; without a body behind the parameters. */
  #endOfFunction(open: number): number {
    const close = this.tokens[open]?.pair ?? open;
    const body = this.#bodyOfFunction(close);
    return (body === undefined ? close : (this.tokens[body]?.pair ?? close)) + 1;
  }

  /** The brace of a function's body; nothing for an overload without one. */
  #bodyOfFunction(close: number): number | undefined {
    for (let index = close + 1; index < this.tokens.length; index += 1) {
      if (this.#is(index, '{')) {
        if (this.#blocks.has(index) && !this.#is(index - 1, ':')) return index;
        index = this.tokens[index]?.pair ?? index;
      } else if (this.#is(index, '(', '[', '<')) index = this.#skip(index);
      else if (this.#is(index, ';', ',', '}', '=') || this.#isWord(index, 'function', 'const', 'export'))
        return undefined;
    }
    return undefined;
  }

  #startsStatement(index: number): boolean {
    const before = this.tokens[index - 1];
    if (before === undefined || this.#is(index - 1, ';')) return true;
    if (before.value === 'async' || before.value === 'export' || before.value === 'default')
      return this.#startsStatement(index - 1);
    return this.#is(index - 1, '{', '}') && (before.value === '}' || this.#blocks.has(index - 1));
  }

  #bindParameters(open: number, end: number): void {
    const close = this.tokens[open]?.pair ?? open;
    this.#bindPattern(open + 1, close, [open, end]);
  }

  #bindDeclaration(word: number): void {
    const inHeader =
      this.#is((this.tokens[word] as CodeToken).around, '(') &&
      this.#isWord((this.tokens[word] as CodeToken).around - 1, 'for');
    const header = (this.tokens[word] as CodeToken).around;
    const reach = inHeader
      ? ([header, this.#endOfBlock((this.tokens[header]?.pair ?? header) + 1)] as const)
      : this.#blockAround(word);
    const end = this.#endOfDeclaration(word + 1);
    // `const a = 1, b = 2`: only up to each `=` stand patterns.
    let from = word + 1;
    while (from < end) {
      const stop = this.#next(from, end, ['=', ',', 'of', 'in']);
      this.#bindPattern(from, stop, reach);
      const comma = this.#next(stop, end, [',']);
      from = comma + 1;
    }
  }

  /** The first of some marks or words between two tokens, outside of all brackets between them. */
  #next(from: number, end: number, values: readonly string[]): number {
    for (let index = from; index < end; index += 1) {
      const { value, type, member } = this.tokens[index] as CodeToken;
      if ((type === 'mark' || (type === 'name' && member !== true)) && values.includes(value)) return index;
      index = this.#skip(index);
    }
    return end;
  }

  /** The end of what a bracket opens, those of type arguments among them; any other token itself. */
  #skip(index: number): number {
    if (this.#is(index, '(', '[', '{', '${')) return this.tokens[index]?.pair ?? index;
    return this.#is(index, '<') ? this.#endOfAngles(index) : index;
  }

  #endOfDeclaration(from: number): number {
    for (let index = from; index < this.tokens.length; index += 1) {
      if (this.#is(index, ';', ')', ']', '}')) return index;
      index = this.#skip(index);
      const [token, next] = [this.tokens[index], this.tokens[index + 1]];
      // A statement may end with its line.
      if (next?.newline !== true || next.type === 'mark') continue;
      if (next.type === 'name' && statements.test(next.value)) return index + 1;
      if (token?.ends === true && !/^(?:as|satisfies|in|of|instanceof|extends|is)$/.test(next.value)) return index + 1;
    }
    return this.tokens.length;
  }

  /** Binds the names of a pattern, or of a list of patterns: not its keys, types and defaults. */
  #bindPattern(from: number, to: number, reach: readonly [number, number]): void {
    let skipped: 'type' | 'default' | undefined;
    for (let index = from; index < to; index += 1) {
      const token = this.tokens[index] as CodeToken;
      if (this.#is(index, ',')) skipped = undefined;
      else if (this.#is(index, '=')) skipped = 'default';
      else if (this.#is(index, ':') || (this.#is(index, '?') && this.#is(index + 1, ':'))) skipped ??= 'type';
      else if (this.#is(index, '(', '[', '{', '${')) {
        if (skipped === undefined) {
          if (token.value === '{') this.#bindMembers(index, reach);
          else this.#bindPattern(index + 1, token.pair, reach);
        }
        index = token.pair;
      } else if (skipped === undefined && token.type === 'name') this.#add(index, reach);
      // The commas of type arguments part no parameters.
      else if (skipped === 'type') index = this.#skip(index);
    }
  }

  /** Binds the names of `{ a, b: c, d = 1, ...rest }`. */
  #bindMembers(open: number, reach: readonly [number, number]): void {
    const close = (this.tokens[open] as CodeToken).pair;
    let from = open + 1;
    while (from < close) {
      const end = this.#next(from, close, [',']);
      const colon = this.#next(from, end, [':', '=']);
      const start = this.#is(colon, ':') ? colon + 1 : from;
      this.#bindPattern(start, this.#next(start, end, ['=']), reach);
      from = end + 1;
    }
  }

  /** The `>` of type arguments that begin here; the token itself where it is a comparison. */
  #endOfAngles(open: number): number {
    if (this.tokens[open - 1]?.type !== 'name') return open;
    let depth = 0;
    for (let index = open; index < this.tokens.length; index += 1) {
      if (this.#is(index, '(', '[', '{')) index = this.tokens[index]?.pair ?? index;
      else if (this.#is(index, '<')) depth += 1;
      else if (this.#is(index, '>')) depth -= 1;
      else if (this.tokens[index]?.type === 'mark' && !this.#is(index, ',', '.', '|', '&', '=>', '?', ':')) return open;
      if (depth > 0) continue;
      const next = this.tokens[index + 1];
      const ends =
        next === undefined || next.newline || (next.type === 'mark' && /^[()[\],;=|&>.{}]$|^=>$/.test(next.value));
      return ends ? index : open;
    }
    return open;
  }

  /** Behind the last token of an arrow's body. */
  #endOfBody(from: number): number {
    if (this.#is(from, '{') && this.#blocks.has(from)) return (this.tokens[from]?.pair ?? from) + 1;
    for (let index = from; index < this.tokens.length; index += 1) {
      if (this.#is(index, ',', ';', ')', ']', '}', '}$')) return index;
      // A type goes on with a value here, or something is assigned: which of them is not told.
      if (this.#is(index, '=')) this.#isUnsure = true;
      index = this.#skip(index);
      if (index === from || !this.#is(index, ':') || this.#hasQuestion(from, index)) continue;
      // `(a) => (b): c => d` goes on; `x ? (a) => (b) : (c) => d` does not.
      const arrow = this.#is(index - 1, ')')
        ? this.#next(index, this.tokens.length, ['=>', ',', ';', ')', ']', '}', '}$'])
        : index;
      if (!this.#is(arrow, '=>')) return index;
      if (this.#hasQuestion(this.#startOf(from), from)) this.#isUnsure = true;
      index = arrow;
    }
    return this.tokens.length;
  }

  /** Where the brackets around a token, or the list in them, begin. */
  #startOf(index: number): number {
    for (let at = index - 1; at >= 0; at -= 1) {
      if (this.#is(at, ')', ']', '}', '}$')) at = this.tokens[at]?.pair ?? at;
      else if (this.#is(at, '(', '[', '{', '${', ',', ';')) return at + 1;
    }
    return 0;
  }

  /** Is there a `?` for this `:`? Otherwise the arrow stands in a condition that goes on. */
  #hasQuestion(from: number, colon: number): boolean {
    let open = 0;
    for (let index = from; index < colon; index += 1) {
      if (this.#is(index, '(', '[', '{', '${')) index = this.tokens[index]?.pair ?? index;
      else if (this.#is(index, '?')) open += 1;
      else if (this.#is(index, ':')) open -= 1;
    }
    return open > 0;
  }

  /** Behind a block or a statement. */
  #endOfBlock(from: number): number {
    if (this.#is(from, '{')) return (this.tokens[from]?.pair ?? from) + 1;
    return this.#next(from, this.tokens.length, [';']) + 1;
  }

  /** The block that a token stands in, or the whole text. */
  #blockAround(at: number): readonly [number, number] {
    for (let open = this.tokens[at]?.around ?? -1; open !== -1; open = this.tokens[open]?.around ?? -1) {
      if (this.#blocks.has(open)) return [open, this.tokens[open]?.pair ?? this.tokens.length];
    }
    return [0, this.tokens.length];
  }

  #add(at: number, [from, to]: readonly [number, number]): void {
    const binding = { name: this.tokens[at]?.value ?? '', at, from, to };
    this.#bindings.push(binding);
    this.#binders.set(at, binding);
  }
}

/** Reads a piece of code; nothing when a literal or a bracket has no end. */
export function readCode(text: string): Code | undefined {
  const tokens = codeTokens(text);
  return tokens && new Code(text, tokens);
}
