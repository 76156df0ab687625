/** Other names for what code refers to, without changing what it means. */
import { readCode, type Code } from './bindings.ts';
import type { CodeToken } from './code-tokens.ts';
import { isIdentifier, propertyKey, quote } from './names.ts';

/** Other text for a part of a text. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What has to change, or why it cannot be told, as the end of a sentence. */
export type Renaming = { readonly splices: readonly Splice[] } | { readonly problem: string };

const nothing: Renaming = { splices: [] };

/** A text with its splices done. */
export function spliced(text: string, splices: readonly Splice[]): string {
  let out = '';
  let from = 0;
  for (const { start, end, text: other } of splices.toSorted((a, b) => a.start - b.start)) {
    out += text.slice(from, start) + other;
    from = end;
  }
  return out + text.slice(from);
}

/** Reads code in which the meaning of some names can be told. */
function told(text: string, ...names: readonly string[]): Code | { readonly problem: string } {
  const code = readCode(text);
  if (code === undefined) return { problem: 'it cannot be read' };
  const unsure = names.find((name) => !code.tells(name));
  return unsure === undefined ? code : { problem: `it cannot be told what '${unsure}' means there` };
}

/** Is a name in the text at all, as a name of its own or as the value of a text? Much quicker than to resolve it. */
function mentions(text: string, name: string): boolean {
  return text.includes(name) || text.includes('\\');
}

/**
 * Gives what a name means outside of a piece of code another name. In the text of a declaration, what it declares at its
 * own top level counts as outside, too.
 */
export function renameOuter(text: string, from: string, to: string, isDeclaration = false): Renaming {
  if (!mentions(text, from)) return nothing;
  const code = told(text, from, to);
  if ('problem' in code) return code;
  const isOuter = (binding: { readonly from: number; readonly to: number } | undefined): boolean =>
    binding === undefined || (isDeclaration && binding.from === 0 && binding.to === code.tokens.length);
  const found = code.occurrences(from).filter(({ binding }) => isOuter(binding));
  if (found.length === 0) return nothing;
  if (code.occurrences(to).some(({ binding }) => isOuter(binding)))
    return { problem: `'${to}' means something else there` };
  if (found.some(({ at }) => code.hidden(to, at))) return { problem: `'${to}' means something else there` };
  return { splices: found.map((one) => renamed(code, one, from, to)) };
}

/** An occurrence under the new name: `{ from }` stays a member of the old name, in an object and in a pattern. */
function renamed(
  code: Code,
  { at, shorthand }: { readonly at: number; readonly shorthand: boolean },
  key: string,
  to: string,
): Splice {
  const { start, end } = code.tokens[at] as CodeToken;
  return { start, end, text: shorthand ? `${key}: ${to}` : to };
}

/** Gives a member of the scope that a lambda takes another name: `({ from }) => from.x`, `(scope) => scope.from.x`. */
export function renameGiven(text: string, from: string, to: string): Renaming {
  if (!mentions(text, from) && !text.includes('...') && !/^\(?\s*[\w$]/.test(text)) return nothing;
  const code = told(text, from, to);
  if ('problem' in code) return code;
  const parameter = parameterOf(code);
  if (parameter === undefined) return nothing;
  if (parameter.isTyped) return { problem: 'the type of its parameter may name it' };
  const { open, at } = parameter;
  if (open === undefined) return renameMember(code, at, from, to);
  return renameInPattern(code, open, from, to);
}

/**
 * Gives a member of what a name stands for another name, everywhere in a lambda: `({ given }) => given.from`. The name is
 * in the scope that the lambda takes.
 */
export function renameMemberOf(text: string, given: string, from: string, to: string): Renaming {
  if (!mentions(text, given) && !text.includes('...') && !/^\(?\s*[\w$]/.test(text)) return nothing;
  const code = told(text, given, from, to);
  if ('problem' in code) return code;
  const parameter = parameterOf(code);
  if (parameter === undefined) return nothing;
  const { open } = parameter;
  if (open === undefined) return { problem: `its whole scope may be used for '${given}.${from}'` };
  for (const element of elementsOf(code, open)) {
    if (element.isRest) return { problem: `the rest of its scope may be used for '${given}.${from}'` };
    if (element.key !== given) continue;
    const { value } = element;
    const token = code.tokens[value];
    if (token?.value === '{' && token.type === 'mark') return renameInPattern(code, value, from, to);
    return renameMember(code, value, from, to);
  }
  return nothing;
}

/** Gives a member of what a binding holds another name. */
function renameMember(code: Code, at: number, from: string, to: string): Renaming {
  const name = code.tokens[at]?.value ?? '';
  const own = code.occurrences(name).find((one) => one.at === at)?.binding;
  const splices: Splice[] = [];
  for (const { at: index, binding } of code.occurrences(name)) {
    if (binding !== own || index === at) continue;
    const [dot, member, close] = code.tokens.slice(index + 1, index + 4);
    if (dot?.type === 'mark' && (dot.value === '.' || dot.value === '?.') && member?.type === 'name') {
      if (member.value === from) splices.push(memberAccess(dot, member, to));
      continue;
    }
    const bracket = dot?.value === '?.' ? member : dot;
    const key = dot?.value === '?.' ? close : member;
    if (bracket?.type === 'mark' && bracket.value === '[' && key?.type === 'string' && bracket.pair !== -1) {
      if (code.tokens[bracket.pair - 1] !== key) return { problem: `'${name}[…]' is computed` };
      if (key.value === from) splices.push(textLike(code, key, to));
      continue;
    }
    return { problem: bracket?.value === '[' ? `'${name}[…]' is computed` : `'${name}' is handed on as a whole` };
  }
  return { splices };
}

function memberAccess(dot: CodeToken, member: CodeToken, to: string): Splice {
  if (/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(to)) return { start: member.start, end: member.end, text: to };
  return { start: dot.start, end: member.end, text: `${dot.value === '?.' ? '?.' : ''}[${quote(to)}]` };
}

/** A text in the same quotes as another. */
function textLike(code: Code, { start, end }: CodeToken, value: string): Splice {
  const isDouble = code.text[start] === '"' && !/["\\\n\r]/.test(value);
  return { start, end, text: isDouble ? `"${value}"` : quote(value) };
}

/** Renames a key of `{ from, b: c, ...rest }`, and what the body calls it, where the new name is free. */
function renameInPattern(code: Code, open: number, from: string, to: string): Renaming {
  const splices: Splice[] = [];
  let isListed = false;
  for (const { key, value, keyAt, isRest, isComputed } of elementsOf(code, open)) {
    if (isComputed) return { problem: 'it takes something computed out of its scope' };
    if (isRest) {
      if (isListed) continue;
      const rest = renameMember(code, value, from, to);
      if ('problem' in rest) return rest;
      splices.push(...rest.splices);
      continue;
    }
    if (key !== from) continue;
    isListed = true;
    const token = code.tokens[keyAt] as CodeToken;
    if (token.type === 'string') splices.push(textLike(code, token, to));
    else if (keyAt !== value) splices.push({ start: token.start, end: token.end, text: propertyKey(to) });
    else {
      const own = code.occurrences(from).find(({ at }) => at === keyAt)?.binding;
      const uses = code.occurrences(from).filter(({ at, binding }) => binding === own && at !== keyAt);
      const isFree = isIdentifier(to) && code.occurrences(to).length === 0;
      if (isFree) splices.push(...uses.map((one) => renamed(code, one, from, to)));
      // The body goes on calling it as it did.
      splices.push({ start: token.start, end: token.end, text: isFree ? to : `${propertyKey(to)}: ${from}` });
    }
  }
  return { splices };
}

interface Element {
  readonly key: string;
  readonly keyAt: number;
  /** The first token of what it is bound to. */
  readonly value: number;
  readonly isRest: boolean;
  readonly isComputed: boolean;
}

/** The elements of an object pattern. */
function elementsOf(code: Code, open: number): readonly Element[] {
  const { tokens } = code;
  const close = tokens[open]?.pair ?? open;
  const elements: Element[] = [];
  const is = (index: number, value: string): boolean =>
    tokens[index]?.type === 'mark' && tokens[index]?.value === value;
  let start = open + 1;
  for (let index = start; index <= close; index += 1) {
    if (index < close && !is(index, ',')) {
      if (is(index, '(') || is(index, '[') || is(index, '{')) index = tokens[index]?.pair ?? index;
      continue;
    }
    if (start < index) {
      const isRest = is(start, '...');
      const keyAt = isRest ? start + 1 : start;
      const hasValue = is(start + 1, ':');
      elements.push({
        key: tokens[keyAt]?.value ?? '',
        keyAt,
        value: hasValue ? start + 2 : keyAt,
        isRest,
        isComputed: is(start, '['),
      });
    }
    start = index + 1;
  }
  return elements;
}

interface Parameter {
  /** The brace of its pattern, or nothing when it is a name. */
  readonly open?: number;
  /** The token of the name, or -1. */
  readonly at: number;
  readonly isTyped: boolean;
}

/** The parameter of the lambda that a text is. */
function parameterOf({ tokens }: Code): Parameter | undefined {
  let index = 0;
  while (tokens[index]?.type === 'name' && tokens[index + 1]?.value !== '=>') {
    index += 1;
    if (index >= tokens.length) return undefined;
  }
  const first = tokens[index];
  if (first?.type === 'name') return { at: index, isTyped: false };
  if (first?.value === '<') return { at: -1, isTyped: true };
  if (first?.value !== '(' || first.type !== 'mark') return undefined;
  const inner = tokens[index + 1];
  if (inner === undefined || first.pair === index + 1) return undefined;
  const end = inner.value === '{' && inner.type === 'mark' ? inner.pair : index + 1;
  const isTyped = tokens[end + 1]?.value === ':';
  return inner.type === 'name' ? { at: index + 1, isTyped } : { open: index + 1, at: -1, isTyped };
}

/**
 * Gives a state that a lambda asks for another name: `({ in: isIn }) => isIn('from')`, `(scope) => scope.in('from')`.
 * What is asked for must be written there.
 */
export function renameAsked(text: string, from: string, to: string): Renaming {
  if (!/\bin\b/.test(text) && !text.includes('...')) return nothing;
  const code = told(text);
  if ('problem' in code) return code;
  const parameter = parameterOf(code);
  if (parameter === undefined) return nothing;
  const splices: Splice[] = [];
  const ask = (callee: number): string | undefined => {
    const [bracket, state] = code.tokens.slice(callee + 1, callee + 3);
    const isWritten =
      bracket?.value === '(' &&
      bracket.type === 'mark' &&
      (state?.type === 'string' || (state?.type === 'template' && state.parts?.length === 1));
    if (!isWritten || code.tokens[bracket.pair - 1] !== state) return 'the state that it asks for is not written there';
    const value = state.type === 'string' ? state.value : String(state.parts?.[0]);
    if (value === from) splices.push(textLike(code, state, to));
    return undefined;
  };
  const { open, at } = parameter;
  const wholes = open === undefined ? [at] : [];
  for (const { key, value, isRest } of open === undefined ? [] : elementsOf(code, open)) {
    if (isRest) wholes.push(value);
    if (key !== 'in' || isRest) continue;
    const problem = askedBy(code, value, ask);
    if (problem !== undefined) return { problem };
  }
  for (const whole of wholes) {
    const problem = askedThrough(code, whole, ask);
    if (problem !== undefined) return { problem };
  }
  return { splices };
}

type Ask = (callee: number) => string | undefined;

function askedBy(code: Code, at: number, ask: Ask): string | undefined {
  const name = code.tokens[at]?.value ?? '';
  const own = code.occurrences(name).find((one) => one.at === at)?.binding;
  for (const { at: index, binding } of code.occurrences(name)) {
    if (binding !== own || index === at) continue;
    const problem = ask(index);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** `scope.in('from')`, `scope['in']('from')`. */
function askedThrough(code: Code, at: number, ask: Ask): string | undefined {
  const name = code.tokens[at]?.value ?? '';
  const own = code.occurrences(name).find((one) => one.at === at)?.binding;
  for (const { at: index, binding } of code.occurrences(name)) {
    if (binding !== own || index === at) continue;
    const [dot, member] = code.tokens.slice(index + 1, index + 3);
    let callee: number | undefined;
    if (dot?.value === '.' || dot?.value === '?.') callee = member?.value === 'in' ? index + 2 : undefined;
    else if (dot?.value === '[') {
      if (member?.type !== 'string') return `'${name}[…]' is computed`;
      callee = member.value === 'in' ? dot.pair : undefined;
    } else return `'${name}' is handed on as a whole`;
    const problem = callee === undefined ? undefined : ask(callee);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
