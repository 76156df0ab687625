import { ts } from '../syntax/typescript.js';

/** The names that a file refers to: not those of members, keys, parameters and what it declares. */
export function refersTo(source: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) return void names.add(node.text);
    if (ts.isImportDeclaration(node)) return;
    const own = node as { readonly name?: ts.Node; readonly propertyName?: ts.Node };
    const isNamed = !ts.isShorthandPropertyAssignment(node) && !ts.isExportSpecifier(node);
    ts.forEachChild(node, (child) => {
      const isName = isNamed && (child === own.name || child === own.propertyName);
      if (!isName || !ts.isIdentifier(child)) visit(child);
    });
  };
  visit(source);
  return names;
}
