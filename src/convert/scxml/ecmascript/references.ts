import { ts } from 'ts-morph';

/** How a name is used: read, given a new value, changed inside, or asked for its type. */
export type Use = 'read' | 'write' | 'mutate' | 'typeof';

/** A name in code that the code itself does not declare. */
export interface Reference {
  readonly name: string;
  readonly node: ts.Identifier;
  readonly use: Use;
  /** Does it stand for key and value in an object literal, as in `{ x }`? */
  readonly shorthand: boolean;
}

const mutators = new Set('push pop shift unshift splice sort reverse fill copyWithin set add delete clear'.split(' '));

/** The names that code reaches and does not declare, in the order in which they stand. `given` are taken as not declared. */
export function referencesIn(nodes: readonly ts.Node[], given: ReadonlySet<string> = new Set()): readonly Reference[] {
  const found: Reference[] = [];
  const top = new Set([...declaredIn(nodes)].filter((name) => !given.has(name)));
  const visit = (node: ts.Node, scopes: readonly ReadonlySet<string>[]): void => {
    if (ts.isIdentifier(node)) {
      if (isName(node) && !scopes.some((names) => names.has(node.text)))
        found.push({
          name: node.text,
          node,
          use: useOf(node),
          shorthand: ts.isShorthandPropertyAssignment(node.parent),
        });
      return;
    }
    const inner = ts.isFunctionLike(node) ? [...scopes, namesOf(node)] : scopes;
    ts.forEachChild(node, (child) => visit(child, inner));
  };
  for (const node of nodes) visit(node, [top]);
  return found;
}

/** Every name that the code declares anywhere. */
export function allDeclared(nodes: readonly ts.Node[]): ReadonlySet<string> {
  const names = new Set<string>(declaredIn(nodes));
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) for (const name of namesOf(node)) names.add(name);
    ts.forEachChild(node, visit);
  };
  nodes.forEach(visit);
  return names;
}

/** Does the identifier stand for a value, or does it only name a property, a label or what is declared here? */
function isName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isBindingElement(parent)) return parent.propertyName !== node;
  if (ts.isMethodDeclaration(parent) || ts.isGetAccessor(parent) || ts.isSetAccessor(parent))
    return parent.name !== node;
  return !ts.isLabeledStatement(parent) && !ts.isBreakOrContinueStatement(parent) && !ts.isMetaProperty(parent);
}

function useOf(node: ts.Identifier): Use {
  if (ts.isTypeOfExpression(node.parent)) return 'typeof';
  let place: ts.Node = node;
  while (
    (ts.isPropertyAccessExpression(place.parent) || ts.isElementAccessExpression(place.parent)) &&
    place.parent.expression === place
  ) {
    place = place.parent;
    const { parent } = place;
    if (ts.isPropertyAccessExpression(place) && ts.isCallExpression(parent) && parent.expression === place)
      return mutators.has(place.name.text) ? 'mutate' : 'read';
  }
  if (!isTarget(place)) return 'read';
  return place === node ? 'write' : 'mutate';
}

function isTarget(place: ts.Node): boolean {
  const { parent } = place;
  if (ts.isBinaryExpression(parent))
    return (
      parent.left === place &&
      parent.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
      parent.operatorToken.kind <= ts.SyntaxKind.LastAssignment
    );
  if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent))
    return parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken;
  if (ts.isVariableDeclaration(parent)) return parent.name === place && parent.initializer !== undefined;
  if (ts.isForInStatement(parent) || ts.isForOfStatement(parent)) return parent.initializer === place;
  return ts.isDeleteExpression(parent);
}

/** What a function declares for its body: parameters, its own name, and everything declared inside. */
function namesOf(node: ts.SignatureDeclaration): ReadonlySet<string> {
  const names = new Set<string>();
  for (const parameter of node.parameters) addNames(parameter.name as ts.BindingName, names);
  if (ts.isFunctionExpression(node) && node.name !== undefined) names.add(node.name.text);
  if (!ts.isArrowFunction(node)) names.add('arguments');
  const { body } = node as { readonly body?: ts.Node };
  if (body !== undefined) for (const name of declaredIn([body])) names.add(name);
  return names;
}

/** The names declared below the nodes, functions inside left out. A block counts as part of its function. */
export function declaredIn(nodes: readonly ts.Node[]): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node)) addNames(node.name, names);
    if ((ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) && node.name !== undefined)
      names.add(node.name.text);
    if (!ts.isFunctionLike(node)) ts.forEachChild(node, visit);
  };
  nodes.forEach(visit);
  return names;
}

function addNames(name: ts.BindingName, names: Set<string>): void {
  if (ts.isIdentifier(name)) {
    names.add(name.text);
    return;
  }
  for (const element of name.elements) if (ts.isBindingElement(element)) addNames(element.name, names);
}
