import { ts } from 'ts-morph';
import { access, quote } from '../../../model/text/names.ts';
import type { EventView } from '../event-view.ts';
import { globals } from './globals.ts';
import { parseExpression, parseScript, syntaxError } from './parse.ts';
import { allDeclared, referencesIn, type Reference } from './references.ts';
import { treeEdits, type Edit } from './trees.ts';
import { combined, plain, scoped, settleNames, type Value } from './value.ts';

/** A function of the document: its declaration, to be put where it is called. */
export interface DocumentFunction {
  readonly text: string;
  readonly nodes: readonly ts.Node[];
}

/** What names mean in the code of a document. */
export interface Names {
  /** The variables of its data model. */
  readonly variables: ReadonlySet<string>;
  readonly functions: ReadonlyMap<string, DocumentFunction>;
  /** The name of its machine. */
  readonly machine: string;
  /** What the document calls itself. */
  readonly title: string;
  /** Hears of names that nothing declares, and of what is not the same here. */
  readonly missing: (name: string) => void;
}

/** A value that always throws: `failure` is the error as one would construct it. */
export const failing = (message: string, type = 'Error'): Value =>
  plain(`(() => { throw new ${type}(${quote(message)}); })()`, {
    failure: `${type}(${quote(message)})`,
    safe: false,
  });

/** Translates an expression. Code that is none gives a value that throws. */
export function translateExpression(code: string, names: Names, view: EventView): Value {
  const parsed = parseExpression(code);
  if (parsed.message !== undefined) return failing(`${parsed.message} in: ${code.trim().slice(0, 80)}`, 'SyntaxError');
  const { node, text } = parsed;
  const world = reach([node], names);
  const more = {
    declared: new Set([...world.declared, ...(world.local ? world.variables : [])]),
    changes: [...world.changed],
    safe: !world.local && isSafe(node, names),
    boolean: isBoolean(node),
  };
  const own = rewrite(text, [node], names, view, world.local);
  if (!world.local) return plain(own, more);
  const block = [...preamble(world, names, view), `return ${own};`].join('\n');
  return plain(`(() => { ${block.replaceAll(/\n\s*/g, ' ')} })()`, { ...more, block });
}

/** Translates a script: the statements as a lambda's block that returns the variables that may have changed. */
export function translateScript(code: string, names: Names, view: EventView): Value {
  const parsed = parseScript(code);
  if (parsed.message !== undefined) return failing(parsed.message, 'SyntaxError');
  const { node: statements, text } = parsed;
  const world = reach(statements, names);
  const own = dedent(rewriteStatements(text, statements, names, view));
  const changed = [...world.changed];
  const block = [...preamble(world, names, view), own, `return { ${changed.join(', ')} };`].join('\n');
  const { text: settled } = settleNames(block, new Set());
  const wrong = syntaxError(`'use strict'; () => {\n${settled}\n}`);
  if (wrong !== undefined) return failing(`The script cannot be put in other words: ${wrong}`, 'SyntaxError');
  return plain(`(() => {\n${block}\n})()`, {
    block,
    declared: new Set([...world.declared, ...world.variables]),
    changes: changed,
    safe: false,
  });
}

/** An assignment to a place such as `x` or `a.b[c]`: the fields of the context that it changes. */
export function translateAssignment(location: string, value: Value, names: Names, view: EventView): Value {
  const parsed = parseExpression(location);
  const root = parsed.message === undefined ? rootOf(parsed.node) : undefined;
  if (parsed.message !== undefined || root === undefined)
    return failing(`'${location.trim()}' is not a place that can be assigned to.`, 'SyntaxError');
  if (!names.variables.has(root.text)) {
    names.missing(root.text);
    return failing(`'${root.text}' is not a variable of the data model.`, 'ReferenceError');
  }
  if (value.failure !== undefined) return value;
  const changes = [root.text];
  if (parsed.node === root)
    return combined([value], `{ ${root.text === value.text ? root.text : `${root.text}: ${value.text}`} }`, {
      changes,
    });
  // The value first, as JavaScript would find nothing to assign to only afterwards; then the place in a copy.
  const world = reach([parsed.node], names);
  const held = (name: string): string => `${scoped('context')}${access(name)}`;
  const lines = [
    `const assigned = ${value.text};`,
    ...[...world.variables].map(
      (name) => `const ${name} = ${name === root.text ? `structuredClone(${held(name)})` : held(name)};`,
    ),
    `${rewrite(parsed.text, [parsed.node], names, view, true)} = assigned;`,
    `return { ${root.text} };`,
  ];
  const block = lines.join('\n');
  return combined([value], `(() => { ${lines.join(' ')} })()`, {
    block,
    declared: new Set([...value.declared, ...world.declared, ...world.variables, 'assigned']),
    changes,
    safe: false,
  });
}

function rootOf(node: ts.Expression): ts.Identifier | undefined {
  if (ts.isIdentifier(node)) return node;
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) return rootOf(node.expression);
  return undefined;
}

interface World {
  readonly variables: ReadonlySet<string>;
  readonly changed: ReadonlySet<string>;
  /** Those that are changed inside: they have to be copied. */
  readonly mutated: ReadonlySet<string>;
  readonly functions: ReadonlySet<string>;
  readonly declared: ReadonlySet<string>;
  /** Do the variables have to be variables of the lambda? */
  readonly local: boolean;
}

/** Everything that code reaches, also through the functions that it calls. */
function reach(nodes: readonly ts.Node[], names: Names): World {
  const variables = new Set<string>();
  const changed = new Set<string>();
  const mutated = new Set<string>();
  const functions = new Set<string>();
  const declared = new Set<string>(allDeclared(nodes));
  const look = (references: readonly Reference[]): void => {
    for (const { name, use } of references) {
      const called = names.functions.get(name);
      if (called !== undefined && !functions.has(name)) {
        functions.add(name);
        for (const own of allDeclared(called.nodes)) declared.add(own);
        look(referencesIn(called.nodes, names.variables));
      }
      if (!names.variables.has(name)) continue;
      variables.add(name);
      if (use === 'write' || use === 'mutate') changed.add(name);
      if (use === 'mutate') mutated.add(name);
    }
  };
  look(referencesIn(nodes, names.variables));
  for (const name of functions) declared.add(name);
  return { variables, changed, mutated, functions, declared, local: changed.size > 0 || functions.size > 0 };
}

/** The variables and functions that local code needs, as declarations in front of it. */
function preamble({ variables, changed, mutated, functions }: World, names: Names, view: EventView): string[] {
  const declarations = [...variables].map((name) => {
    const held = `${scoped('context')}${access(name)}`;
    return `${changed.has(name) ? 'let' : 'const'} ${name} = ${mutated.has(name) ? `structuredClone(${held})` : held};`;
  });
  const called = [...functions].map((name) => {
    const { text, nodes } = names.functions.get(name) as DocumentFunction;
    return dedent(rewrite(text, nodes, names, view, true));
  });
  return [...declarations, ...called];
}

/** The text of the nodes, with the names of the document replaced by what they mean. */
function rewrite(text: string, nodes: readonly ts.Node[], names: Names, view: EventView, local: boolean): string {
  const references = referencesIn(nodes, names.variables).flatMap((reference) => editOf(reference, names, view, local));
  const edits = [...nodes.flatMap(treeEdits), ...references];
  const start = nodes[0]?.getStart() ?? 0;
  return applied(text, edits, start, nodes.at(-1)?.end ?? start);
}

/** The same for a script, where `var x` of a variable of the document is no declaration. */
function rewriteStatements(text: string, nodes: readonly ts.Statement[], names: Names, view: EventView): string {
  const references = referencesIn(nodes, names.variables).flatMap((reference) => editOf(reference, names, view, true));
  const edits = [...nodes.flatMap(treeEdits), ...references];
  for (const node of nodes) {
    if (!ts.isVariableStatement(node)) continue;
    const { declarations } = node.declarationList;
    if (!declarations.some(({ name }) => ts.isIdentifier(name) && names.variables.has(name.text))) continue;
    const parts = declarations.map(({ name, initializer }) => {
      const value = initializer && applied(text, within(edits, initializer), initializer.getStart(), initializer.end);
      const own = ts.isIdentifier(name) && names.variables.has(name.text);
      const target = name.getText();
      if (own) return value === undefined ? '' : `${target} = ${value};`;
      return value === undefined ? `let ${target};` : `let ${target} = ${value};`;
    });
    for (const edit of within(edits, node)) edits.splice(edits.indexOf(edit), 1);
    edits.push({ start: node.getStart(), end: node.end, text: parts.filter((part) => part !== '').join('\n') });
  }
  return applied(text, edits, 0, text.length);
}

const within = (edits: readonly Edit[], node: ts.Node): readonly Edit[] =>
  edits.filter(({ start, end }) => start >= node.getStart() && end <= node.end);

function applied(text: string, edits: readonly Edit[], start: number, end: number): string {
  const inOrder = edits.map((edit, index) => ({ edit, index }));
  inOrder.sort((a, b) => a.edit.start - b.edit.start || a.index - b.index);
  let result = '';
  let at = start;
  for (const { edit } of inOrder) {
    // What stands inside a stretch that was replaced is gone.
    if (edit.start < at) continue;
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at, end);
}

const eventFields = new Set(['name', 'type', 'sendid', 'origin', 'origintype', 'invokeid', 'data', 'raw']);

function editOf(reference: Reference, names: Names, view: EventView, local: boolean): Edit[] {
  const { name, node, use, shorthand } = reference;
  const start = node.getStart();
  const replace = (text: string, end = node.end): Edit[] => [
    { start, end, text: shorthand ? `${name}: ${text}` : text },
  ];
  if (names.variables.has(name)) return local ? [] : replace(`${scoped('context')}${access(name)}`);
  if (names.functions.has(name)) return [];
  const { parent } = node;
  switch (name) {
    case '_event': {
      const field = fieldOf(node);
      if (field === undefined || !eventFields.has(field.name)) return replace(view.whole);
      return replace(view.field(field.name), field.end);
    }
    case '_sessionid':
      return replace(`\`${names.machine}/\${${scoped('instanceId')}}\``);
    case '_name':
      return replace(quote(names.title));
    case '_ioprocessors':
      return replace(`${scoped('context')}._ioprocessors`);
    case '_x':
      return replace('{}');
    case 'In':
      if (ts.isCallExpression(parent) && parent.expression === node) return replace(scoped('in'));
      break;
    case 'Date':
      if (isCallOf(parent, 'now')) return replace(scoped('now'), parent.parent.end);
      if (ts.isNewExpression(parent) && (parent.arguments ?? []).length === 0)
        return [{ start: parent.getStart(), end: parent.end, text: `new Date(${scoped('now')})` }];
      break;
    default:
  }
  if (globals.has(name) || name === 'arguments') return [];
  names.missing(name);
  if (use === 'typeof') return replace('undefined');
  const message = `'${name}' is not a variable of the data model.`;
  return use === 'read'
    ? replace(`(() => { throw new ReferenceError(${quote(message)}); })()`, chainEnd(node))
    : replace(`Object.freeze({})[${quote(name)}]`);
}

/** The end of everything that is read of a value: of `a` in `a.b[0].c()` it is the end of all. */
function chainEnd(node: ts.Node): number {
  const { parent } = node;
  const goesOn =
    (ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent) || ts.isCallExpression(parent)) &&
    parent.expression === node;
  return goesOn ? chainEnd(parent) : node.end;
}

const isCallOf = (node: ts.Node, method: string): boolean =>
  ts.isPropertyAccessExpression(node) && node.name.text === method && ts.isCallExpression(node.parent);

/** The member of `_event` that is read, by `.name` or `['name']`. */
function fieldOf(node: ts.Identifier): { readonly name: string; readonly end: number } | undefined {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return { name: parent.name.text, end: parent.end };
  if (
    ts.isElementAccessExpression(parent) &&
    parent.expression === node &&
    ts.isStringLiteral(parent.argumentExpression)
  )
    return { name: parent.argumentExpression.text, end: parent.end };
  return undefined;
}

/** Literals, variables and operators on them: nothing that throws. */
function isSafe(node: ts.Node, names: Names): boolean {
  if (ts.isIdentifier(node))
    return (
      names.variables.has(node.text) ||
      ['_sessionid', '_name', 'In', 'undefined', '_event', '_ioprocessors'].includes(node.text)
    );
  if (ts.isPropertyAccessExpression(node)) return ts.isIdentifier(node.expression) && node.expression.text === '_event';
  if (ts.isCallExpression(node)) {
    const { expression } = node;
    return (
      ts.isIdentifier(expression) && expression.text === 'In' && node.arguments.every((each) => isSafe(each, names))
    );
  }
  if (ts.isPropertyAssignment(node)) return isSafe(node.initializer, names);
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    if (kind === ts.SyntaxKind.InKeyword || kind === ts.SyntaxKind.InstanceOfKeyword) return false;
    return isSafe(node.left, names) && isSafe(node.right, names);
  }
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node) || ts.isLiteralExpression(node)) return true;
  const { kind } = node;
  if (kind === ts.SyntaxKind.TrueKeyword || kind === ts.SyntaxKind.FalseKeyword || kind === ts.SyntaxKind.NullKeyword)
    return true;
  const transparent =
    ts.isParenthesizedExpression(node) ||
    ts.isPrefixUnaryExpression(node) ||
    ts.isTypeOfExpression(node) ||
    ts.isConditionalExpression(node) ||
    ts.isArrayLiteralExpression(node) ||
    ts.isObjectLiteralExpression(node);
  if (!transparent) return false;
  let safe = true;
  ts.forEachChild(node, (child) => {
    if (!ts.isToken(child) || ts.isIdentifier(child) || ts.isLiteralExpression(child)) safe &&= isSafe(child, names);
  });
  return safe;
}

const comparisons: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.LessThanToken,
  ts.SyntaxKind.LessThanEqualsToken,
  ts.SyntaxKind.GreaterThanToken,
  ts.SyntaxKind.GreaterThanEqualsToken,
  ts.SyntaxKind.InKeyword,
  ts.SyntaxKind.InstanceOfKeyword,
]);

/** Does an expression give a boolean, by its form? */
export function isBoolean(node: ts.Expression): boolean {
  if (ts.isParenthesizedExpression(node)) return isBoolean(node.expression);
  if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) return true;
  if (ts.isPrefixUnaryExpression(node)) return node.operator === ts.SyntaxKind.ExclamationToken;
  if (ts.isCallExpression(node)) return ts.isIdentifier(node.expression) && node.expression.text === 'In';
  if (!ts.isBinaryExpression(node)) return false;
  const { kind } = node.operatorToken;
  if (kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken)
    return isBoolean(node.left) && isBoolean(node.right);
  return comparisons.has(kind);
}

/** Takes the common indentation off. */
function dedent(text: string): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  while (lines[0]?.trim() === '') lines.shift();
  while (lines.at(-1)?.trim() === '') lines.pop();
  const depths = lines.slice(0).filter((line) => line.trim() !== '');
  const depth = Math.min(...depths.map((line) => line.length - line.trimStart().length));
  return lines.map((line) => line.slice(Number.isFinite(depth) ? depth : 0).trimEnd()).join('\n');
}
