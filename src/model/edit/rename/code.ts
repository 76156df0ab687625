import type { ExpressionNode, LambdaParts, SchemaNode } from '../../nodes/expression.ts';
import type { CallNode } from '../../nodes/flow.ts';
import type { Location } from '../../nodes/location.ts';
import type { SystemModel } from '../../nodes/system.ts';
import { readCode } from '../../text/bindings.ts';
import { spliced, type Renaming, type Splice } from '../../text/rename.ts';
import { scan, type Token } from '../../text/scan.ts';
import { visitCalls, visitExpressions } from '../../visit/expressions.ts';
import { maps, put, type MapName, type Owner } from '../grammar.ts';
import { Refused, type Problem } from '../problem.ts';

/** A piece of code in a definition of a copy. */
export interface CodeSite {
  readonly node: ExpressionNode | SchemaNode;
  /** The call that it is the lambda of. */
  readonly call?: CallNode;
}

/** All code of one definition, in order. */
export function codeIn(map: MapName, node: Owner): readonly CodeSite[] {
  const empty = Object.fromEntries(Object.keys(maps).map((name) => [name, {}]));
  const alone = { ...empty, [map]: { [String(node['name'])]: node } } as unknown as SystemModel;
  const calls = new Map<object, CallNode>();
  visitCalls(alone, (call) => calls.set(call.lambda, call));
  const sites: CodeSite[] = [];
  visitExpressions(alone, (code) => {
    const call = calls.get(code);
    sites.push({ node: code, ...(call !== undefined && { call }) });
  });
  return sites;
}

/** Changes pieces of code of a copy, all or none; says of each that cannot be changed what stands in the way. */
export function changeCode(
  sites: Iterable<CodeSite>,
  what: string,
  change: (text: string, site: CodeSite) => Renaming,
): void {
  const problems: Problem[] = [];
  for (const site of sites) {
    const renaming = change(site.node.text, site);
    if ('problem' in renaming) {
      problems.push({
        code: 'MR1786',
        message: `${what} cannot be followed in '${shortened(site.node.text)}': ${renaming.problem}.`,
        hint: 'Write this code so that it names what it uses, or change it first.',
        location: placeIn(site.node.location, site.node.text, renaming.offset),
      });
    } else if (renaming.splices.length > 0) write(site, renaming.splices);
  }
  if (problems.length > 0) throw new Refused(problems);
}

/** Where in a file a piece of code has one of its characters. */
function placeIn(location: Location, text: string, offset: number): Location {
  const lines = text.slice(0, offset).split(/\r\n|[\n\r]/);
  const last = lines.at(-1) ?? '';
  const line = location.line + lines.length - 1;
  const column = lines.length === 1 ? location.column + last.length : last.length + 1;
  const word = /^[\w$]+/.exec(text.slice(offset))?.[0].length ?? 1;
  return { file: location.file, line, column, endLine: line, endColumn: column + word };
}

export function shortened(text: string): string {
  const [line = ''] = text.split('\n', 1);
  return line.length > 60 || line.length < text.length ? `${line.slice(0, 60)}…` : line;
}

/** Writes code with its changes, and the parts of it that the model keeps apart. */
export function write({ node, call }: CodeSite, splices: readonly Splice[]): void {
  const { text } = node;
  const parts = node.kind === 'expression' ? node.lambda : undefined;
  if (parts !== undefined) {
    const tokens = scan(text) ?? [];
    const parameter = inParameter(text, tokens, parts);
    const body = inBody(text, tokens, parts);
    const changed = partOf(text, parameter, parts.parameter, splices);
    put(parts, 'parameter', changed);
    put(parts, 'body', partOf(text, body, parts.body, splices));
    const reads = parts.reads === undefined ? undefined : readsOf(changed);
    if (reads === undefined) delete (parts as { reads?: unknown }).reads;
    else put(parts, 'reads', reads);
    if (call !== undefined && call.argument !== '') {
      const argument = inArgument(text, tokens, body, call.argument);
      put(call, 'argument', partOf(text, argument, call.argument, splices));
    }
  }
  put(node, 'text', spliced(text, splices));
}

/** A part of a text with the changes that fall into it. */
function partOf(text: string, start: number, part: string, splices: readonly Splice[]): string {
  const end = start + part.length;
  const inside = splices.filter((splice) => splice.start >= start && splice.end <= end);
  return spliced(
    text.slice(start, end),
    inside.map((splice) => ({ ...splice, start: splice.start - start, end: splice.end - start })),
  );
}

/** Where, from a token on and behind opening parentheses, a part begins. */
function startOf(text: string, tokens: readonly Token[], from: number, part: string): number {
  for (let index = from; index < tokens.length; index += 1) {
    const token = tokens[index] as Token;
    if (text.startsWith(part, token.start)) return token.start;
    if (token.value !== '(' || token.type !== 'mark') break;
  }
  return tokens[from]?.start ?? text.length;
}

function inParameter(text: string, tokens: readonly Token[], { parameter }: LambdaParts): number {
  const open = tokens.findIndex(({ type, value }) => type === 'mark' && (value === '(' || value === '=>'));
  return startOf(text, tokens, tokens[open]?.value === '=>' ? open - 1 : open + 1, parameter);
}

function inBody(text: string, tokens: readonly Token[], { body }: LambdaParts): number {
  let depth = 0;
  for (const [index, { type, value }] of tokens.entries()) {
    if (type !== 'mark') continue;
    if (value === '=>' && depth === 0) return startOf(text, tokens, index + 1, body);
    // A function has its body at its end.
    if (
      value === '{' &&
      depth === 0 &&
      text.startsWith(body, tokens[index]?.start) &&
      isLast(text, tokens, index, body)
    ) {
      return tokens[index]?.start ?? 0;
    }
    if ('([{'.includes(value)) depth += 1;
    else if (')]}'.includes(value)) depth -= 1;
  }
  return text.lastIndexOf(body);
}

function isLast(text: string, tokens: readonly Token[], index: number, body: string): boolean {
  return (tokens[index]?.start ?? 0) + body.length >= (tokens.at(-1)?.end ?? text.length);
}

function inArgument(text: string, tokens: readonly Token[], body: number, argument: string): number {
  const open = tokens.findIndex(({ type, value, start }) => start >= body && type === 'mark' && value === '(');
  return startOf(text, tokens, open + 1, argument);
}

/** The names that a parameter takes out of the scope, when it takes them plainly. */
function readsOf(parameter: string): readonly string[] | undefined {
  if (parameter === '') return [];
  const code = readCode(parameter);
  if (code === undefined || code.tokens[0]?.value !== '{') return undefined;
  const inner = code.tokens.slice(1, code.tokens[0].pair);
  const isPlain = inner.every(({ type, value }, index) => (index % 2 === 0 ? type === 'name' : value === ','));
  return isPlain ? inner.flatMap(({ type, value }) => (type === 'name' ? [value] : [])) : undefined;
}

/** Refuses a name that a declaration which some code reaches may read on its own. */
export function checkReached(
  model: SystemModel,
  sites: Iterable<CodeSite>,
  what: string,
  reads: (local: string) => boolean,
): void {
  const problems: Problem[] = [];
  const told = new Set<string>();
  for (const { node } of sites) {
    // A function that is named gets the scope as a whole.
    if (node.kind !== 'expression' || node.lambda !== undefined) continue;
    for (const name of node.uses) {
      const local = Object.hasOwn(model.locals, name) ? model.locals[name] : undefined;
      if (local === undefined || told.has(name) || !reads(local.text)) continue;
      told.add(name);
      problems.push({
        code: 'MR1786',
        message: `${what} cannot be followed in '${name}', which gets the whole scope of '${shortened(node.text)}'.`,
        hint: 'Write a lambda that hands on what the function needs.',
        location: local.location,
        related: [{ message: 'it is used here', location: node.location }],
      });
    }
  }
  if (problems.length > 0) throw new Refused(problems);
}
