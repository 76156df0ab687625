import { ts } from '../syntax/typescript.js';
import { boundNames } from '../syntax/module.ts';
import { bare } from '../value/follow.ts';
import { itemParameter, listBehind, noteParts, partOf } from './aliases.ts';
import { changedByCall, collectionMutators, comparing, formatting, mutators, rootOf, targets } from './operations.ts';
import {
  below,
  declareList,
  declares,
  declareStatements,
  declareTypes,
  declareVars,
  hasThis,
  type Frame,
} from './frame.ts';
import { typeWalk } from './walk-types.ts';

/** What the walk tells about a piece of source. */
export interface Observer {
  /** A name that the piece does not declare itself. */
  free(identifier: ts.Identifier, meaning: 'value' | 'type'): void;
  /** A member of a name that the piece does not declare itself, such as `Date.now`. */
  freeMember(object: ts.Identifier, member: string, node: ts.Node): void;
  /** Such a name handed on as a whole: not called, nor asked for a member, nor only compared. */
  whole(identifier: ts.Identifier, node: ts.Node): void;
  /** `new X()` or `X()` of such a name, without arguments or, for a call, with any. */
  current(callee: ts.Identifier, node: ts.Node): void;
  /** A change of something that does not belong to the piece; `how` completes "it …". `of`: what `root` is a part of. */
  change(root: ts.Identifier, node: ts.Node, how: string, of?: string): void;
  /** A function from outside is called with something that does not belong to the piece: part of `of`. */
  lend?(callee: ts.Identifier, index: number, argument: ts.Expression, of: string): void;
  /** A call on such a name, or below it, that changes a Map or Set, if it is one. */
  collection(root: ts.Identifier, node: ts.Node, how: string): void;
  /** `x.format()` without an argument. */
  format(made: ts.Expression, node: ts.Node): void;
  /** `this` or `arguments` from outside. */
  self(node: ts.Node): void;
  /** `await`, `async` and friends. */
  asynchronous(node: ts.Node): void;
  /** `import()`, `import.meta`, import types. */
  moduleOnly(node: ts.Node): void;
}

/**
 * Walks a piece of source and tells the observer every name that it takes from outside, and whatever a pure lambda
 * must not do. `given` are the names that its caller hands in, which it must not change.
 */
export function walk(root: ts.Node, observer: Observer, given: ReadonlySet<string> = new Set()): void {
  const base = below(undefined);
  /** What the piece's own names were made from. */
  const made = new Map<string, ts.Expression>();
  const constants = new Set<ts.Node>();
  /** Parameters, and constants of loops, that get parts of what is not the piece's own. */
  const lent = new Map<ts.Node, string>();
  const { type, typeParameter, declaredType, heritage, signature } = typeWalk(observer, visit);
  for (const name of given) base.values.add(name);
  visit(root, base);

  function visit(node: ts.Node, frame: Frame): void {
    if (ts.isIdentifier(node)) return reference(node, frame);
    if (ts.isPropertyAccessExpression(node)) return propertyAccess(node, frame);
    if (ts.isElementAccessExpression(node)) return elementAccess(node, frame);
    if (ts.isCallExpression(node)) return call(node, frame);
    if (ts.isNewExpression(node)) return construct(node, frame);
    if (ts.isFunctionLike(node)) return functionLike(node, frame);
    if (ts.isClassLike(node)) return classLike(node, frame);
    if (ts.isTypeNode(node)) return type(node, frame);
    if (ts.isBinaryExpression(node)) return binary(node, frame);
    switch (node.kind) {
      case ts.SyntaxKind.ThisKeyword:
        if (!hasThis(frame)) observer.self(node);
        return;
      case ts.SyntaxKind.AwaitExpression:
      case ts.SyntaxKind.AwaitKeyword:
        observer.asynchronous(node);
        break;
      case ts.SyntaxKind.MetaProperty:
        if ((node as ts.MetaProperty).keywordToken === ts.SyntaxKind.ImportKeyword) observer.moduleOnly(node);
        return;
      case ts.SyntaxKind.ImportKeyword:
        return observer.moduleOnly(node);
      case ts.SyntaxKind.PrefixUnaryExpression:
      case ts.SyntaxKind.PostfixUnaryExpression: {
        const { operator, operand } = node as ts.PrefixUnaryExpression;
        if (operator === ts.SyntaxKind.PlusPlusToken || operator === ts.SyntaxKind.MinusMinusToken)
          changed(operand, node, 'changes', frame);
        break;
      }
      case ts.SyntaxKind.DeleteExpression:
        changed((node as ts.DeleteExpression).expression, node, 'deletes from', frame);
        break;
      case ts.SyntaxKind.TypeOfExpression:
        return part((node as ts.TypeOfExpression).expression, frame);
      case ts.SyntaxKind.ShorthandPropertyAssignment:
        return reference((node as ts.ShorthandPropertyAssignment).name, frame);
      case ts.SyntaxKind.PropertyAssignment:
        name((node as ts.PropertyAssignment).name, frame);
        return visit((node as ts.PropertyAssignment).initializer, frame);
      case ts.SyntaxKind.PropertySignature: {
        const property = node as ts.PropertySignature;
        name(property.name, frame);
        return void (property.type !== undefined && visit(property.type, frame));
      }
      case ts.SyntaxKind.EnumDeclaration:
        return enumeration(node as ts.EnumDeclaration, frame);
      case ts.SyntaxKind.LabeledStatement:
        return visit((node as ts.LabeledStatement).statement, frame);
      case ts.SyntaxKind.BreakStatement:
      case ts.SyntaxKind.ContinueStatement:
        return;
      case ts.SyntaxKind.VariableDeclarationList:
        if ((node.flags & ts.NodeFlags.Const) !== 0)
          for (const each of (node as ts.VariableDeclarationList).declarations) constants.add(each);
        break;
      case ts.SyntaxKind.VariableDeclaration:
      case ts.SyntaxKind.Parameter:
        return binding(node as ts.VariableDeclaration | ts.ParameterDeclaration, frame);
      case ts.SyntaxKind.Block:
      case ts.SyntaxKind.CaseBlock:
      case ts.SyntaxKind.ForStatement:
      case ts.SyntaxKind.ForOfStatement:
      case ts.SyntaxKind.ForInStatement:
      case ts.SyntaxKind.CatchClause:
        return block(node, frame);
      case ts.SyntaxKind.InterfaceDeclaration:
      case ts.SyntaxKind.TypeAliasDeclaration:
        return declaredType(node as ts.InterfaceDeclaration | ts.TypeAliasDeclaration, frame);
    }
    children(node, frame);
  }

  function children(node: ts.Node, frame: Frame): void {
    ts.forEachChild(node, (child) => visit(child, frame));
  }

  function reference(node: ts.Identifier, frame: Frame): void {
    part(node, frame);
    if (isFree(node, frame)) observer.whole(node, node);
  }

  /** An expression that is called, compared or asked for a member. */
  function part(node: ts.Expression, frame: Frame): void {
    if (!ts.isIdentifier(node)) return visit(node, frame);
    if (declares(frame, 'values', node.text)) return;
    if (node.text === 'arguments') {
      if (!hasThis(frame)) observer.self(node);
      return;
    }
    observer.free(node, 'value');
  }

  function isFree(node: ts.Expression, frame: Frame): node is ts.Identifier {
    return ts.isIdentifier(node) && !declares(frame, 'values', node.text);
  }

  function propertyAccess(node: ts.PropertyAccessExpression, frame: Frame): void {
    if (isFree(node.expression, frame)) observer.freeMember(node.expression, node.name.text, node);
    part(node.expression, frame);
  }

  function elementAccess(node: ts.ElementAccessExpression, frame: Frame): void {
    const key = node.argumentExpression;
    const isPlain = isFree(node.expression, frame) && ts.isStringLiteralLike(key);
    if (isPlain) observer.freeMember(node.expression as ts.Identifier, key.text, node);
    if (isPlain) part(node.expression, frame);
    else visit(node.expression, frame);
    visit(key, frame);
  }

  function call(node: ts.CallExpression, frame: Frame): void {
    const callee = node.expression;
    if (isFree(callee, frame)) observer.current(callee, node);
    const [target, name] = changedByCall(node) ?? [];
    if (target !== undefined) changed(target, node, `calls \`${name}\` on`, frame);
    if (ts.isPropertyAccessExpression(callee)) {
      const method = callee.name.text;
      if (mutators.has(method)) changed(callee.expression, node, `calls \`${method}\` on`, frame);
      const root = rootOf(callee.expression);
      if (collectionMutators.has(method) && root !== undefined && isFree(root, frame))
        observer.collection(root, node, `calls \`${method}\` on`);
      if (formatting.has(method) && node.arguments.length === 0) {
        const from = ts.isIdentifier(callee.expression) ? made.get(callee.expression.text) : undefined;
        const isOwn = ts.isIdentifier(callee.expression) && !isFree(callee.expression, frame);
        if (!isOwn || from !== undefined) observer.format(from ?? callee.expression, node);
      }
    }
    lend(node, frame);
    part(callee, frame);
    const isCheck = ts.isPropertyAccessExpression(callee) && callee.name.text === 'instanceof';
    for (const argument of node.typeArguments ?? []) visit(argument, frame);
    for (const argument of node.arguments) (isCheck ? part : visit)(argument, frame);
  }

  /** What becomes of that which a call is given, and which is not the piece's own. */
  function lend(node: ts.CallExpression, frame: Frame): void {
    const { expression: callee, arguments: given } = node;
    const item = itemParameter(node);
    if (item !== undefined) {
      const of = partOf((callee as ts.PropertyAccessExpression).expression, frame, isHandedIn);
      if (of !== undefined) lent.set(item, of);
    }
    if (observer.lend === undefined || !isFree(callee, frame)) return;
    for (const [index, argument] of given.entries()) {
      const of = partOf(argument, frame, isHandedIn);
      if (of !== undefined) observer.lend(callee, index, argument, of);
    }
  }

  function construct(node: ts.NewExpression, frame: Frame): void {
    if (isFree(node.expression, frame) && (node.arguments?.length ?? 0) === 0) observer.current(node.expression, node);
    part(node.expression, frame);
    for (const argument of [...(node.typeArguments ?? []), ...(node.arguments ?? [])]) visit(argument, frame);
  }

  function binary(node: ts.BinaryExpression, frame: Frame): void {
    const { kind } = node.operatorToken;
    if (kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment) {
      for (const target of targets(node.left)) changed(target, node, 'assigns to', frame);
    }
    // Long chains of `+` lean to the left: go down them without recursion.
    const rights: ts.Expression[] = [];
    let left: ts.Expression = node;
    while (ts.isBinaryExpression(left)) {
      rights.push(left.right);
      left = left.left;
      const inner = ts.isBinaryExpression(left) ? left.operatorToken.kind : undefined;
      if (inner !== undefined && inner >= ts.SyntaxKind.FirstAssignment && inner <= ts.SyntaxKind.LastAssignment) break;
    }
    const compares = comparing.has(kind);
    (compares ? part : visit)(left, frame);
    for (const right of rights.toReversed()) (compares ? part : visit)(right, frame);
  }

  /** Reports a change whose target begins at a name from outside, or at one that was handed in. */
  function changed(target: ts.Expression, node: ts.Node, how: string, frame: Frame): void {
    let inner = bare(target);
    let member = false;
    for (;;) {
      const outer =
        ts.isPropertyAccessExpression(inner) || ts.isElementAccessExpression(inner)
          ? inner.expression
          : listBehind(inner);
      if (outer === undefined) break;
      member = true;
      inner = bare(outer);
    }
    if (!ts.isIdentifier(inner)) return;
    const isCall = ts.isCallExpression(node);
    if (!declares(frame, 'values', inner.text)) observer.change(inner, node, how);
    else if (member || isCall) {
      const of = partOf(inner, frame, isHandedIn);
      if (of === inner.text) observer.change(inner, node, how);
      else if (of !== undefined) observer.change(inner, node, how, of);
    }
  }

  /** Is this a handed-in name, whose nearest declaration is the outermost one? */
  function isHandedIn(frame: Frame, text: string): boolean {
    if (!given.has(text)) return false;
    for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) {
      if (at.values.has(text)) return at.parent?.parent === undefined;
    }
    return false;
  }

  function functionLike(node: ts.SignatureDeclaration, frame: Frame): void {
    if (ts.isTypeNode(node) || ts.isTypeElement(node)) return signature(node, frame);
    const own = !ts.isArrowFunction(node);
    const inner = below(frame, own);
    if (ts.isFunctionExpression(node) && node.name !== undefined) inner.values.add(node.name.text);
    const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined;
    const async = modifiers?.find(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
    if (async !== undefined) observer.asynchronous(async);
    if (node.name !== undefined && !ts.isFunctionExpression(node) && !ts.isFunctionDeclaration(node))
      name(node.name, frame);
    declareTypes(inner, node.typeParameters);
    for (const parameter of node.parameters) for (const { text } of boundNames(parameter.name)) inner.values.add(text);
    for (const parameter of node.typeParameters ?? []) typeParameter(parameter, inner);
    for (const parameter of node.parameters) binding(parameter, inner);
    if (node.type !== undefined) visit(node.type, inner);
    const body = (node as ts.FunctionLikeDeclaration).body;
    if (body === undefined) return;
    if (!ts.isBlock(body)) return visit(body, inner);
    declareVars(inner, body);
    block(body, inner);
  }

  function classLike(node: ts.ClassLikeDeclaration, frame: Frame): void {
    const inner = below(frame, true);
    if (node.name !== undefined) {
      inner.values.add(node.name.text);
      inner.types.add(node.name.text);
    }
    declareTypes(inner, node.typeParameters);
    for (const clause of node.heritageClauses ?? []) {
      const isExtends = clause.token === ts.SyntaxKind.ExtendsKeyword;
      for (const base of clause.types) {
        if (isExtends) visit(base, inner);
        else heritage(base, inner);
      }
    }
    for (const member of node.members) {
      if (ts.isPropertyDeclaration(member)) {
        name(member.name, inner);
        if (member.type !== undefined) visit(member.type, inner);
        if (member.initializer !== undefined) visit(member.initializer, inner);
      } else visit(member, inner);
    }
  }

  function enumeration(node: ts.EnumDeclaration, frame: Frame): void {
    const inner = below(frame);
    for (const member of node.members) if (ts.isIdentifier(member.name)) inner.values.add(member.name.text);
    for (const member of node.members) if (member.initializer !== undefined) visit(member.initializer, inner);
  }

  function binding(node: ts.VariableDeclaration | ts.ParameterDeclaration | ts.BindingElement, frame: Frame): void {
    if (ts.isBindingElement(node) && node.propertyName !== undefined) name(node.propertyName, frame);
    if (!ts.isIdentifier(node.name)) {
      for (const element of node.name.elements) if (ts.isBindingElement(element)) binding(element, frame);
      if (!ts.isBindingElement(node) && node.initializer !== undefined && isFree(node.initializer, frame)) {
        for (const element of node.name.elements) {
          if (!ts.isBindingElement(element)) continue;
          const key = element.propertyName ?? element.name;
          if (ts.isIdentifier(key)) observer.freeMember(node.initializer, key.text, element);
        }
      }
    }
    if (!ts.isBindingElement(node) && node.type !== undefined) visit(node.type, frame);
    // A variable may be given something else later.
    const from = constants.has(node) ? node.initializer : undefined;
    const of = lent.get(node) ?? (from && partOf(from, frame, isHandedIn));
    if (of !== undefined) noteParts(node.name, of, frame);
    if (node.initializer === undefined) return;
    if (ts.isIdentifier(node.name)) made.set(node.name.text, node.initializer);
    // What a pattern takes out of a name was told above.
    (ts.isObjectBindingPattern(node.name) ? part : visit)(node.initializer, frame);
  }

  function name(node: ts.PropertyName, frame: Frame): void {
    if (ts.isComputedPropertyName(node)) visit(node.expression, frame);
  }

  function block(node: ts.Node, frame: Frame): void {
    const inner = below(frame);
    if (ts.isBlock(node)) declareStatements(inner, node.statements);
    else if (ts.isCaseBlock(node)) for (const clause of node.clauses) declareStatements(inner, clause.statements);
    else if (ts.isCatchClause(node))
      for (const { text } of node.variableDeclaration ? boundNames(node.variableDeclaration.name) : [])
        inner.values.add(text);
    else if (ts.isForStatement(node) || ts.isForOfStatement(node) || ts.isForInStatement(node)) {
      if (node.initializer !== undefined && ts.isVariableDeclarationList(node.initializer)) {
        declareList(inner, node.initializer);
        const of = ts.isForOfStatement(node) ? partOf(node.expression, frame, isHandedIn) : undefined;
        for (const each of node.initializer.declarations) if (of !== undefined) lent.set(each, of);
      }
    }
    children(node, inner);
  }
}
