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

/** What has to change, or why it cannot be told. */
export type Renaming = { readonly splices: readonly Splice[] } | Untold;

/** Why it cannot be told, and where in the text. */
interface Untold {
  readonly problem: string;
  readonly offset: number;
}

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
function told(text: string, ...names: readonly string[]): Code | Untold {
  const code = readCode(text);
  if (code === undefined) return { problem: 'it cannot be read', offset: 0 };
  const unsure = names.find((name) => !code.tells(name));
  if (unsure === undefined) return code;
  const offset = code.tokens.find(({ value }) => value === unsure)?.start ?? 0;
  return { problem: `it cannot be told what '${unsure}' means there`, offset };
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
  const other =
    code.occurrences(to).find(({ binding }) => isOuter(binding)) ?? found.find(({ at }) => code.hidden(to, at));
  if (other !== undefined) return untold(code, other.at, `'${to}' means something else there`);
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
  if (parameter.isTyped) return untold(code, parameter.open ?? parameter.at, 'the type of its parameter may name it');
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
  const { open, at } = parameter;
  const inWhole = (index: number): Renaming =>
    inAccesses(code, index, given, (access) => inAccess(code, access.end, `${given}`, from, to));
  if (open === undefined) return inWhole(at);
  let isListed = false;
  for (const { key, value, isRest, isComputed } of elementsOf(code, open)) {
    if (isComputed) return untold(code, value, 'it takes something computed out of its scope');
    if (isRest && !isListed) return inWhole(value);
    if (key !== given || isRest) continue;
    isListed = true;
    const token = code.tokens[value];
    if (token?.value === '{' && token.type === 'mark') return renameInPattern(code, value, from, to);
    return renameMember(code, value, from, to);
  }
  return nothing;
}

function untold(code: Code, index: number, problem: string): Untold {
  return { problem, offset: code.tokens[index]?.start ?? 0 };
}

/** Gives a member of what a binding holds another name. */
function renameMember(code: Code, at: number, from: string, to: string): Renaming {
  return inAccesses(code, at, from, (access) => ({ splices: [accessTo(code, access, to)] }));
}

/** `.name`, `?.name` or `['name']` behind a value. */
interface Access {
  readonly dot: CodeToken;
  readonly key: CodeToken;
  /** The index of its last token. */
  readonly end: number;
}

/** What is done with each access to a member of a binding. Whoever uses the binding otherwise may use the member, too. */
function inAccesses(code: Code, at: number, member: string, change: (access: Access) => Renaming): Renaming {
  const name = code.tokens[at]?.value ?? '';
  const own = code.occurrences(name).find((one) => one.at === at)?.binding;
  const splices: Splice[] = [];
  for (const { at: index, binding } of code.occurrences(name)) {
    if (binding !== own || index === at) continue;
    const access = accessBehind(code, index, name);
    if ('problem' in access) return access;
    if (access.key.value !== member) continue;
    const changed = change(access);
    if ('problem' in changed) return changed;
    splices.push(...changed.splices);
  }
  return { splices };
}

/** Gives a member of what stands before a token, and that token, another name. */
function inAccess(code: Code, index: number, what: string, from: string, to: string): Renaming {
  const access = accessBehind(code, index, what);
  if ('problem' in access) return access;
  return access.key.value === from ? { splices: [accessTo(code, access, to)] } : nothing;
}

function accessBehind(code: Code, index: number, what: string): Access | Untold {
  const { tokens } = code;
  const dot = tokens[index + 1];
  const isDot = dot?.type === 'mark' && (dot.value === '.' || dot.value === '?.');
  const next = tokens[index + 2];
  if (isDot && next?.type === 'name') return { dot, key: next, end: index + 2 };
  const open = isDot ? index + 2 : index + 1;
  const bracket = tokens[open];
  if (dot === undefined || bracket?.type !== 'mark' || bracket.value !== '[') {
    return untold(code, index, `'${what}' is handed on as a whole`);
  }
  const key = tokens[open + 1];
  if (key?.type !== 'string' || bracket.pair !== open + 2) return untold(code, open, `'${what}[…]' is computed`);
  return { dot, key, end: open + 2 };
}

function accessTo(code: Code, { dot, key }: Access, to: string): Splice {
  return key.type === 'string' ? textLike(code, key, to) : memberAccess(dot, key, to);
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
    if (isComputed) return untold(code, keyAt, 'it takes something computed out of its scope');
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
  const ask = (callee: number): Untold | undefined => {
    const [bracket, state] = code.tokens.slice(callee + 1, callee + 3);
    const isWritten =
      bracket?.value === '(' &&
      bracket.type === 'mark' &&
      (state?.type === 'string' || (state?.type === 'template' && state.parts?.length === 1));
    if (!isWritten || code.tokens[bracket.pair - 1] !== state) {
      return untold(code, callee, 'the state that it asks for is not written there');
    }
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
    if (problem !== undefined) return problem;
  }
  for (const whole of wholes) {
    const problem = askedThrough(code, whole, ask);
    if (problem !== undefined) return problem;
  }
  return { splices };
}

type Ask = (callee: number) => Untold | undefined;

function askedBy(code: Code, at: number, ask: Ask): Untold | undefined {
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
function askedThrough(code: Code, at: number, ask: Ask): Untold | undefined {
  const found = inAccesses(code, at, 'in', ({ end }) => ask(end) ?? nothing);
  return 'problem' in found ? found : undefined;
}
