import { ts } from '../syntax/typescript.js';
import { boundNames } from '../syntax/module.ts';
import { below, declares, declareTypes, type Frame } from './frame.ts';
import type { Observer } from './walk.ts';

type Visit<Node extends ts.Node> = (node: Node, frame: Frame) => void;

/** The part of the walk that goes through types. */
export interface TypeWalk {
  readonly type: Visit<ts.Node>;
  readonly typeParameter: Visit<ts.TypeParameterDeclaration>;
  readonly declaredType: Visit<ts.InterfaceDeclaration | ts.TypeAliasDeclaration>;
  readonly heritage: Visit<ts.ExpressionWithTypeArguments>;
  readonly signature: Visit<ts.SignatureDeclaration>;
}

/** Tells the observer what types need. `visit` goes on with whatever stands in them. */
export function typeWalk(observer: Pick<Observer, 'free' | 'moduleOnly'>, visit: Visit<ts.Node>): TypeWalk {
  return { type, typeParameter, declaredType, heritage, signature };

  function children(node: ts.Node, frame: Frame): void {
    ts.forEachChild(node, (child) => visit(child, frame));
  }

  function signature(node: ts.SignatureDeclaration, frame: Frame): void {
    const inner = below(frame);
    declareTypes(inner, node.typeParameters);
    for (const parameter of node.parameters) for (const { text } of boundNames(parameter.name)) inner.values.add(text);
    for (const parameter of node.typeParameters ?? []) typeParameter(parameter, inner);
    for (const parameter of node.parameters) if (parameter.type !== undefined) visit(parameter.type, inner);
    if (node.type !== undefined) visit(node.type, inner);
  }

  function declaredType(node: ts.InterfaceDeclaration | ts.TypeAliasDeclaration, frame: Frame): void {
    const inner = below(frame);
    declareTypes(inner, node.typeParameters);
    for (const parameter of node.typeParameters ?? []) typeParameter(parameter, inner);
    if (ts.isTypeAliasDeclaration(node)) return visit(node.type, inner);
    for (const clause of node.heritageClauses ?? []) for (const base of clause.types) heritage(base, inner);
    for (const member of node.members) visit(member, inner);
  }

  function typeParameter(node: ts.TypeParameterDeclaration, frame: Frame): void {
    if (node.constraint !== undefined) visit(node.constraint, frame);
    if (node.default !== undefined) visit(node.default, frame);
  }

  function type(node: ts.Node, frame: Frame): void {
    if (ts.isTypeReferenceNode(node)) entity(node.typeName, 'type', frame);
    else if (ts.isTypeQueryNode(node)) {
      if (ts.isImportTypeNode(node.exprName)) visit(node.exprName, frame);
      else entity(node.exprName, 'value', frame);
    } else if (ts.isExpressionWithTypeArguments(node)) visit(node.expression, frame);
    else if (ts.isImportTypeNode(node)) observer.moduleOnly(node);
    else if (ts.isFunctionTypeNode(node) || ts.isConstructorTypeNode(node)) return signature(node, frame);
    else if (ts.isMappedTypeNode(node)) return mapped(node, frame);
    else if (ts.isConditionalTypeNode(node)) return conditional(node, frame);
    else if (ts.isTypePredicateNode(node)) return void (node.type !== undefined && visit(node.type, frame));
    else if (ts.isNamedTupleMember(node)) return visit(node.type, frame);
    else if (ts.isInferTypeNode(node)) return typeParameter(node.typeParameter, frame);
    else return children(node, frame);
    for (const argument of (node as ts.NodeWithTypeArguments).typeArguments ?? []) visit(argument, frame);
  }

  /** What an interface extends, or a class implements, is a type; what a class extends is a value. */
  function heritage(node: ts.ExpressionWithTypeArguments, frame: Frame): void {
    if (!ts.isIdentifier(node.expression)) visit(node.expression, frame);
    else if (!declares(frame, 'types', node.expression.text)) observer.free(node.expression, 'type');
    for (const argument of node.typeArguments ?? []) visit(argument, frame);
  }

  function entity(node: ts.EntityName, meaning: 'value' | 'type', frame: Frame): void {
    let first = node;
    let qualified = false;
    while (ts.isQualifiedName(first)) {
      first = first.left;
      qualified = true;
    }
    const needed = qualified ? 'value' : meaning;
    if (!declares(frame, needed === 'value' ? 'values' : 'types', first.text)) observer.free(first, needed);
  }

  function mapped(node: ts.MappedTypeNode, frame: Frame): void {
    const inner = below(frame);
    inner.types.add(node.typeParameter.name.text);
    typeParameter(node.typeParameter, inner);
    if (node.nameType !== undefined) visit(node.nameType, inner);
    if (node.type !== undefined) visit(node.type, inner);
  }

  function conditional(node: ts.ConditionalTypeNode, frame: Frame): void {
    const inner = below(frame);
    const infer = (part: ts.Node): void => {
      if (ts.isInferTypeNode(part)) inner.types.add(part.typeParameter.name.text);
      ts.forEachChild(part, infer);
    };
    infer(node.extendsType);
    visit(node.checkType, frame);
    visit(node.extendsType, inner);
    visit(node.trueType, inner);
    visit(node.falseType, frame);
  }
}
