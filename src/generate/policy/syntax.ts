import { ts } from '../../source/syntax/typescript.js';
import type { Tell } from './check.ts';
import { keyOf } from './constant.ts';
import { nobody } from './names.ts';
import type { ParsedCode } from './parse.ts';

/** Kinds of syntax that have no place in a task, whatever is written with them. */
export function judgeSyntax({ source }: ParsedCode, tell: Tell): void {
  const visit = (node: ts.Node): void => {
    if (ts.isEnumDeclaration(node) || (ts.isModuleDeclaration(node) && ts.isIdentifier(node.name)))
      tell(
        node,
        'MR5030',
        'Enums and namespaces cannot be erased, so they do not run as they are.',
        'Use a union of texts.',
      );
    else if (ts.isImportEqualsDeclaration(node) || (ts.isExportAssignment(node) && node.isExportEquals === true))
      tell(node, 'MR5030', "'import =' and 'export =' are of another module system.", 'Use import and export.');
    else if (ts.isDecorator(node)) tell(node, 'MR5030', 'Decorators do not run as they are.');
    else if (ts.isDebuggerStatement(node)) tell(node, 'MR5030', "'debugger' is left over.");
    else if (
      ts.isParameter(node) &&
      ts.isConstructorDeclaration(node.parent) &&
      (ts.getModifiers(node)?.length ?? 0) > 0
    )
      tell(node, 'MR5030', 'Parameters that declare members cannot be erased.', 'Declare the member, and assign it.');
    else if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword)
      tell(node, 'MR5032', "'import.meta' is not given: it says where the code stands.");
    else if (node.kind === ts.SyntaxKind.ImportKeyword && ts.isCallExpression(node.parent))
      tell(
        node,
        'MR5032',
        "'import()' is not taken: what it loads is not known when the code is read.",
        'Import it at the top.',
      );
    else if (ts.isPropertyAccessExpression(node) && nobody.has(node.name.text))
      reaching(node.name, node.name.text, tell);
    else if (ts.isElementAccessExpression(node) || ts.isComputedPropertyName(node)) {
      const key = keyOf(ts.isComputedPropertyName(node) ? node.expression : node.argumentExpression);
      if (key !== undefined && nobody.has(key)) reaching(node, key, tell);
    } else if (ts.isBindingElement(node)) {
      const name = node.propertyName ?? node.name;
      if (
        (ts.isIdentifier(name) || ts.isStringLiteralLike(name)) &&
        ts.isObjectBindingPattern(node.parent) &&
        nobody.has(name.text)
      )
        reaching(name, name.text, tell);
    } else if (
      (ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node)) &&
      !ts.isComputedPropertyName(node.name)
    ) {
      if (nobody.has(node.name.text)) reaching(node.name, node.name.text, tell);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}

function reaching(node: ts.Node, name: string, tell: Tell): void {
  const hint =
    name === 'prototype' ? 'Call the method itself; for hasOwnProperty use Object.hasOwn(value, key).' : undefined;
  tell(
    node,
    name === 'prototype' || name.startsWith('__') ? 'MR5034' : 'MR5032',
    `The member '${name}' is not asked for: it leads from a value to what everybody shares.`,
    hint,
  );
}
